"""Services that are listed twice are found, made one, and made two again."""

from time import perf_counter

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions.duplicates import merge_services, part_service, say_they_are_two
from harmreduction.directory.models import DirectoryChange, FinderEntry, NotDuplicate, Service, ServiceLocation
from harmreduction.directory.queries.duplicates import list_alike
from harmreduction.directory.rules.duplicates import CannotMerge, Listed, Reason, find_alike
from tests.directory.builders import BALTIMORE, make_service, make_source
from tests.factories import SYSTEM
from tests.pages import text_of

HERE = BALTIMORE
NEXT_DOOR = (BALTIMORE[0] + 0.0012, BALTIMORE[1])  # 134 metres
FAR = (BALTIMORE[0] + 0.01, BALTIMORE[1])  # 1.1 kilometres


def alike(*listed):
    return [(pair.first, pair.second, pair.reasons) for pair in find_alike(listed)]


def listed(number, name="union st", **more):
    return Listed(service_id=number, name=name, publisher=(number, None), **more)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"postal_code": "21201"}, {"postal_code": "21201"}, (Reason.SAME_NAME_AND_ZIP,)),
        ({"postal_code": "21201"}, {"postal_code": "21202"}, None),
        ({"postal_code": ""}, {"postal_code": ""}, None),
        ({"position": HERE}, {"position": NEXT_DOOR}, (Reason.SAME_NAME_NEARBY,)),
        ({"position": HERE}, {"position": FAR}, None),
        ({"position": HERE}, {"position": None}, None),
        ({"position": HERE, "name": "a"}, {"position": HERE, "name": "b"}, None),
        ({"position": HERE, "name": ""}, {"position": HERE, "name": ""}, None),
        (
            {"position": HERE, "name": "union street exchange"},
            {"position": HERE, "name": "union street exchanges"},
            (Reason.SAME_PLACE_AND_NAME_ALIKE,),
        ),
        (
            {"name": "a", "postal_code": "21201", "phones": frozenset({"4105550100"})},
            {"name": "b", "postal_code": "21201", "phones": frozenset({"4105550100", "4105550101"})},
            (Reason.SAME_PHONE_AND_ZIP,),
        ),
        (
            {"name": "a", "postal_code": "21201", "phones": frozenset({"4105550100"})},
            {"name": "b", "postal_code": "21202", "phones": frozenset({"4105550100"})},
            None,
        ),
    ],
)
def test_what_makes_two_look_like_one(one, other, reasons):
    expected = [] if reasons is None else [(1, 2, reasons)]
    assert alike(listed(2, **other), listed(1, **one)) == expected


def test_an_organisation_lists_many_services_under_one_number_on_purpose():
    shared = {"postal_code": "21201", "phones": frozenset({"4105550100"}), "publisher": (7, 1)}
    assert alike(Listed(service_id=1, name="food", **shared), Listed(service_id=2, name="shelter", **shared)) == []


def test_a_service_at_two_places_is_no_duplicate_of_itself():
    assert alike(listed(1, postal_code="21201"), listed(1, postal_code="21201")) == []


def test_across_the_edges_of_the_grid_two_are_still_near():
    edge = (39.2, -76.602)
    for moved in ((0.001, 0), (-0.001, 0), (0, 0.001), (0, -0.001), (0.0008, -0.0008)):
        there = (edge[0] + moved[0], edge[1] + moved[1])
        assert alike(listed(1, position=edge), listed(2, position=there)) == [(1, 2, (Reason.SAME_NAME_NEARBY,))]


def test_fourteen_thousand_services_are_compared_without_comparing_each_with_each():
    many = [
        listed(
            number,
            name=f"service {number % 3000} of county {number % 70}",
            postal_code=f"{number % 5000:05}",
            position=(30 + number % 900 / 100, -100 + number % 37 / 10),
            phones=frozenset({f"{number % 9000:010}"}),
        )
        for number in range(14_000)
    ]
    crowd = [listed(number, name=f"crowd {number}", position=HERE) for number in range(20_000, 20_500)]
    began = perf_counter()
    found = find_alike([*many, *crowd])
    assert found and perf_counter() - began < 60  # seconds; a square of 14,000 would take hours


def test_a_lead_compares_two_keeps_one_and_parts_them_again(sign_in_as, client):
    one, two = make_service("Union St"), make_service("Union St", source=make_source())
    lead = sign_in_as("programme_lead")
    listed = text_of(lead.page("/directory/duplicates"))
    for seen in ("Same name and ZIP", "Example St, Baltimore, MD 21201", "Example 211", "entered by the team"):
        assert seen in listed
    path = f"/directory/duplicates/{one.hsds_id}/{two.hsds_id}"
    assert "Are they the same?" in text_of(lead.page(path))
    assert lead.send(f"{path}/merge").headers["Location"] == path
    assert client.get(f"/find/{two.hsds_id}").headers["Location"] == f"/find/{one.hsds_id}"
    assert [entry.service_id for entry in db.session.scalars(select(FinderEntry))] == [one.id]
    listed, history = lead.page("/directory/duplicates"), lead.page(f"/directory/history/{two.hsds_id}")
    assert "No duplicates found" in text_of(listed) and "Union St stands for Union St too." in text_of(listed)
    assert "Merged into another service" in text_of(history)
    assert f"Merged into Before: nothing After: {one.name}" in text_of(history)
    assert f'href="{path}"' in listed and f'href="{path}"' in history
    page = lead.page(path)
    assert "make two of them again" in page and "/merge" not in page
    lead.send(f"{path}/merge", status=409)
    lead.send(f"/directory/services/{two.hsds_id}/part")
    lead.send(f"/directory/services/{two.hsds_id}/part", status=409)
    assert "Union St" in text_of(client.page(f"/find/{two.hsds_id}"))
    assert len(db.session.scalars(select(FinderEntry)).all()) == 2


def test_two_that_are_two_are_not_shown_again(sign_in_as):
    one, two = make_service("Union St"), make_service("Union St")
    lead = sign_in_as("programme_lead")
    for _twice in range(2):
        lead.send(f"/directory/duplicates/{two.hsds_id}/{one.hsds_id}/keep-both")
    (kept,) = db.session.scalars(select(NotDuplicate))
    assert kept.first_id < kept.second_id
    assert list_alike(limit=9).total == 0


def test_a_merge_points_nothing_elsewhere_and_is_never_a_chain_or_a_ring(database):
    one, two, three = (make_service(name).hsds_id for name in ("One", "Two", "Three"))
    merge_services(one, two, by=SYSTEM, at=now())
    for kept, other in ((one, two), (two, three), (three, two), (two, one), (three, three)):
        with pytest.raises(CannotMerge):
            merge_services(kept, other, by=SYSTEM, at=now())
    with pytest.raises(CannotMerge):
        part_service(one, by=SYSTEM, at=now())
    changes = db.session.scalars(select(DirectoryChange).where(DirectoryChange.deed == "merged")).all()
    assert [change.differences for change in changes] == [[["merged_into", None, one]]]


def test_a_place_that_is_only_about_there_is_at_no_door(database):
    for name in ("Union St exchange", "Union St exchanges"):
        make_service(name, at=None)
    for place_from in ("gazetteer", "source"):
        for place in db.session.scalars(select(ServiceLocation)):
            place.latitude, place.longitude, place.position_from, place.postal_code = *HERE, place_from, ""
        db.session.commit()
        assert list_alike(limit=9).total == (0 if place_from == "gazetteer" else 1)


def test_merged_ones_and_what_is_gone_are_not_compared(database):
    one, two = make_service("Union St"), make_service("Union St")
    merge_services(one.hsds_id, two.hsds_id, by=SYSTEM, at=now())
    assert list_alike(limit=9).total == 0
    assert db.session.scalars(select(Service.merged_into_id).where(Service.hsds_id == two.hsds_id)).one() == one.id


def test_who_says_they_are_two_is_kept(database):
    one, two = make_service("A"), make_service("B")
    say_they_are_two(two.hsds_id, one.hsds_id, by=SYSTEM, at=now())
    assert db.session.scalars(select(NotDuplicate.said_by)).one() == "test"
