"""What rows without a name are called, whom they belong to, and what is said of rows that lack something."""

import pytest

from harmreduction.directory.reading import Verdict
from tests.directory.reading import place, read, reasons, table

HEADER = ("organization", "name", "address", "city", "state", "zip")
PHARMACIES = ("address", "city", "state", "zip")


def owners(*rows, name="pharmacies.csv"):
    """Return the names and ids of the organisations of some rows."""
    found = [record for row in read(table(PHARMACIES, *rows), name) for record in row.bundle.organizations.values()]
    return {record.document["name"] for record in found}, {record.id for record in found}


def test_rows_without_a_name_belong_to_one_organization_wherever_they_move():
    names, ids = owners(("1 Main St", "Absecon", "NJ", "08201"), ("2 Main St", "Absecon", "NJ", "08201"))
    assert (names, len(ids)) == ({"Pharmacy"}, 1)
    assert owners(("9 Other St", "Absecon", "NJ", "08201")) == (names, ids)


def test_a_row_with_only_an_organization_is_refused_with_a_reason_that_fits():
    [row] = read(table(HEADER, ("Example Food Bank", "", "", "", "", "")))
    assert (row.verdict, row.name) == (Verdict.REFUSED, "Example Food Bank")
    assert reasons(row) == ["There is only an organization in it, and no service, address or position."]


@pytest.mark.parametrize("town", [("Absecon", "NJ", "08201"), ("Philadelphia", "PA", "19134")])
def test_a_row_that_got_the_middle_of_its_zip_is_not_as_it_was(town):
    [row] = read(table(HEADER, ("", "Clinic", "1 Main St", *town)))
    assert row.verdict is Verdict.FIXED
    assert reasons(row)[0].startswith("There is no position, so it is the middle of")
    assert row.position_from == {place(row)["id"]: "gazetteer"}
