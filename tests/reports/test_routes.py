"""The pages of totals and past totals, as a programme lead meets them."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.reports.models import PastTotal, StagedHistory
from harmreduction.reports.routes.totals import LARGEST_UPLOAD
from tests.factories import hand_out, make_location, make_site
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]

FILE = """site,month,given,returned,people
Union St,2019-01,"6,175",5625,48
Old Mill,2019-02,13960,12700,89
NA,2019-02,10,5,1
"""


@pytest.fixture
def lead(sign_in_as: SignIn) -> PageClient:
    return sign_in_as("programme_lead")


def upload(client: PageClient, content: bytes | str = FILE) -> str:
    """Send a file and return the address of its preview."""
    raw = content.encode() if isinstance(content, str) else content
    response = client.post("/reports/history", data={"file": (io.BytesIO(raw), "totals.csv")})
    assert response.status_code == 302, text_of(response)
    return str(response.location)


def bring_in(client: PageClient, content: str = FILE) -> None:
    address = upload(client, content)
    client.send(f"{address}/confirm", seen=seen_on(client.page(address)))


def seen_on(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    assert found
    return found[1]


def count_past_totals() -> int:
    return db.session.scalar(select(func.count()).select_from(PastTotal)) or 0


def test_a_file_is_looked_at_confirmed_and_stands_in_the_totals(lead: PageClient) -> None:
    address = upload(lead)
    page = lead.page(address)
    assert "9 totals are new" in text_of(page)
    assert "20,145" in page
    assert count_past_totals() == 0

    lead.send(f"{address}/confirm", seen=seen_on(page))

    totals = text_of(lead.page("/reports/totals"))
    assert "Brought in: 9 new, 0 changed, 0 unchanged." in totals
    assert "20,145 Syringes handed out" in totals
    assert "Site not recorded" in totals
    assert count_past_totals() == 9


def test_the_same_file_again_offers_nothing_to_confirm(lead: PageClient) -> None:
    bring_in(lead)

    page = lead.page(upload(lead))

    assert "9 totals stay as they are" in text_of(page)
    assert "There is nothing to change." in page
    assert "Bring this in" not in page


def test_every_refused_row_is_shown_with_its_reason_and_can_be_downloaded(lead: PageClient) -> None:
    address = upload(lead, FILE + "Union St,2031-01,1,1,1\nUnion St,2019-03,-4,=1+1,1\n")

    page = text_of(lead.page(address))
    download = lead.get(f"{address}/refused.csv")

    assert "2 rows are refused" in page
    assert "5 month “2031-01”: This month has not come yet." in page
    assert "6 given “-4”: It is below zero." in page
    assert download.get_data(as_text=True).splitlines()[1:] == [
        '5,"month","2031-01","This month has not come yet."',
        '6,"given","\'-4","It is below zero. Enter what was counted, 0 or more."',
        '6,"returned","\'=1+1","It begins like a formula. Enter the value itself."',
    ]


def test_columns_and_sites_can_be_matched_before_anything_comes_in(lead: PageClient) -> None:
    site = make_site("Mill Road")
    address = upload(lead, "where,when,a\nOld Mill,1/2/2019,5\n")
    assert "Choose exactly one column as the month." in lead.page(address)

    columns = {"columns__0": "site", "columns__1": "month", "columns__2": "test_strips"}
    lead.send(f"{address}/matching", **columns, order="not-said")
    assert "It could be month 1 or month 2." in lead.page(address)

    lead.send(f"{address}/matching", **columns, order="day-first")
    lead.send(
        f"{address}/matching", **columns, order="day-first", labels__0__label="Old Mill", labels__0__site=site.public_id
    )
    page = lead.page(address)
    assert "1 total is new" in text_of(page)
    lead.send(f"{address}/confirm", seen=seen_on(page))

    total = db.session.scalars(select(PastTotal)).one()
    assert (total.site_id, total.measure, total.month.month, total.quantity) == (site.id, "test_strips", 2, 5)


def test_a_file_can_be_left_and_is_then_gone(lead: PageClient) -> None:
    address = upload(lead)

    lead.send(f"{address}/cancel")

    assert db.session.scalar(select(func.count()).select_from(StagedHistory)) == 0
    lead.page(address, status=404)


def test_confirming_what_was_matched_anew_in_another_tab_is_a_conflict(lead: PageClient) -> None:
    address = upload(lead)
    seen = seen_on(lead.page(address))
    others = dict.fromkeys(("columns__3", "columns__4"), "ignore")
    lead.send(f"{address}/matching", columns__0="site", columns__1="month", columns__2="syringes_given", **others)

    lead.send(f"{address}/confirm", seen=seen, status=409)

    assert count_past_totals() == 0


def test_columns_that_the_file_does_not_have_are_not_matched(lead: PageClient) -> None:
    address = upload(lead)

    lead.send(f"{address}/matching", columns__0="month", columns__1="syringes_given")

    page = text_of(lead.page(address))
    assert "The file has other columns than before." in page
    assert "9 totals are new" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04\x14\x00\x06\x00", "This is a workbook."),
        (b"a\x81,b\n", "The letters of this file cannot be read."),
    ],
)
def test_what_is_no_table_gets_a_sentence_at_the_field(lead: PageClient, content: bytes, sentence: str) -> None:
    response = lead.post("/reports/history", data={"file": (io.BytesIO(content), "x.csv")})

    assert response.status_code == 200
    assert sentence in response.get_data(as_text=True)
    assert "Choose a file." in lead.post("/reports/history", data={}).get_data(as_text=True)


def test_letters_of_windows_are_read_and_that_is_said(lead: PageClient) -> None:
    page = lead.page(upload(lead, FILE.replace("Old Mill", "Año").encode("cp1252")))

    assert "Windows-1252" in page
    assert "Año" in page


def test_twenty_megabytes_are_taken_and_more_is_told_of_the_command(lead: PageClient) -> None:
    head = b"site,month,given\n"
    upload(lead, head + b"\n" * (LARGEST_UPLOAD - len(head) - 1_000))

    too_much = lead.post("/reports/history", data={"file": (io.BytesIO(b"x" * LARGEST_UPLOAD), "x.csv")})

    assert too_much.status_code == 413
    assert "flask --app app hr import-history" in too_much.get_data(as_text=True)


def test_other_forms_stay_small(lead: PageClient) -> None:
    address = upload(lead)

    assert lead.post(f"{address}/matching", data={"columns-0": "x" * 3_000_000}).status_code == 413


def test_hand_outs_and_past_totals_stand_side_by_side(lead: PageClient) -> None:
    place = make_location(make_site("Union St"))
    hand_out(place, ("syringe-1ml-28g-half", 25), at=datetime(2019, 1, 15, 12, tzinfo=UTC))
    bring_in(lead)

    page = text_of(lead.page("/reports/totals?year=2019"))

    assert "January 6,200" in page
    assert "Union St 6,200" in page
    assert "Old Mill – 13,960" in page
    assert "Syringe 1 mL 28G 1/2 in 25 syringes" in page


def test_a_view_of_the_totals_can_be_asked_for_by_its_address(lead: PageClient) -> None:
    bring_in(lead)

    page = text_of(lead.page("/reports/totals?year=all&site=label:Old+Mill&what=syringes_returned"))
    nonsense = text_of(lead.page("/reports/totals?year=x&site=x&what=x"))

    assert "Syringes returned, by year" in page
    assert "2019 12,700" in page
    assert "Syringes handed out, by month" in nonsense


def test_the_picture_says_in_words_what_it_shows(lead: PageClient) -> None:
    bring_in(lead)

    page = lead.page("/reports/totals")

    assert '<svg class="chart"' in page
    assert "20,145 in all. The highest is 13,970, in February 2019." in page


def test_without_anything_recorded_the_page_says_so(lead: PageClient) -> None:
    assert "Nothing was recorded here" in lead.page("/reports/totals")


def test_totals_can_be_downloaded_and_that_is_remembered(lead: PageClient) -> None:
    bring_in(lead, FILE.replace("Old Mill", "a;=1+1"))

    every = lead.get("/reports/totals.csv?year=2019")
    one = lead.get("/reports/totals.csv?year=2019&what=syringes_given&site=not-recorded")

    assert every.mimetype == "text/csv"
    assert "attachment" in every.headers["Content-Disposition"]
    assert len(every.get_data(as_text=True).splitlines()) == 10
    assert '"2019-02","a;=1+1","Syringes handed out",13960,0,"past totals"' in every.get_data(as_text=True)
    assert one.get_data(as_text=True).splitlines()[1:] == [
        '"2019-02","Site not recorded","Syringes handed out",10,0,"past totals"'
    ]
    exported = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "REPORT_EXPORTED")
    assert db.session.scalar(exported) == 2


@pytest.mark.parametrize("role", ["volunteer", "outreach_worker", "clinician", "administrator"])
def test_only_a_programme_lead_sees_totals_and_brings_them_in(sign_in_as: SignIn, role: str) -> None:
    client = sign_in_as(role)

    for address in ("/reports/totals", "/reports/totals.csv", "/reports/history"):
        client.page(address, status=403)


def test_another_lead_does_not_see_a_file_that_waits(lead: PageClient, sign_in_as: SignIn) -> None:
    address = upload(lead)

    sign_in_as("programme_lead").page(address, status=404)
