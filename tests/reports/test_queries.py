"""Totals: what the ledger adds up to, month by month where the site is, joined with past totals."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.rules import Audience, Returned, ReturnMeasure, VisitDetails
from harmreduction.reports import actions, queries
from harmreduction.reports.history import Matching, guess_uses
from harmreduction.reports.report import Question, Report
from harmreduction.reports.rules import NOT_RECORDED, Amount, Counted, Measure, months_of
from harmreduction.stock.rules import ReversalReason
from tests.factories import SYSTEM, hand_out, make_location, make_site

pytestmark = pytest.mark.usefixtures("database")

GIVEN, RETURNED = Counted(Measure.SYRINGES_GIVEN), Counted(Measure.SYRINGES_RETURNED)
SYRINGE = "syringe-1ml-28g-half"


def report(year: int | None = 2025, counted: Counted = GIVEN, place_key: str = "") -> Report:
    return queries.get_report(Question(year=year, counted=counted, place_key=place_key))


def months(asked: Report) -> dict[int, int]:
    return {
        period.start.month: amount.quantity
        for period, amount in zip(asked.periods, asked.amounts, strict=True)
        if amount is not None
    }


def past(text: str) -> None:
    uses = guess_uses(text.partition("\n")[0].split(","))
    actions.import_history(io.BytesIO(text.encode()), Matching(uses=uses, sites={}), by=SYSTEM, at=now())


def test_a_night_belongs_to_the_month_of_the_site_not_of_the_server() -> None:
    east = make_location(make_site("East", time_zone="America/New_York"))
    west = make_location(make_site("West", time_zone="America/Los_Angeles"))
    far = make_location(make_site("Far", time_zone="Pacific/Auckland"))
    just_after_midnight_in_new_york = datetime(2025, 4, 1, 4, 30, tzinfo=UTC)
    for place in (east, west, far):
        hand_out(place, (SYRINGE, 10), at=just_after_midnight_in_new_york)

    by_place = {row.place.name: row.amounts for row in report().rows}

    assert by_place["East"][3] == Amount(10)
    assert by_place["West"][2] == Amount(10)
    assert by_place["Far"][3] == Amount(10)
    assert report().whole == Amount(30)


def test_the_first_and_last_moment_of_a_year_are_in_it() -> None:
    place = make_location(make_site(time_zone="America/New_York"))
    for moment in (
        datetime(2025, 1, 1, 4, 59, 59, tzinfo=UTC),  # still 2024
        datetime(2025, 1, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC),
        datetime(2026, 1, 1, 5, 0, tzinfo=UTC),  # already 2026
    ):
        hand_out(place, (SYRINGE, 1), at=moment)

    assert months(report(2025)) == {1: 1, 12: 1}
    assert queries.list_years() == [2026, 2025, 2024]


def test_kits_and_doses_are_counted_apart_and_every_item_by_itself() -> None:
    place = make_location()
    hand_out(
        place, ("naloxone-nasal-4", 2), ("naloxone-vial-0.4", 3), ("atomizer", 1), ("strip-fentanyl", 5),
        at=datetime(2025, 6, 1, 16, tzinfo=UTC),
    )  # fmt: skip

    asked = report()

    sums = {counted.code: amount.quantity for counted, amount in [*asked.measures, *asked.items]}
    assert sums == {
        "naloxone_kits": 5,
        "naloxone_doses": 7,
        "test_strips": 5,
        "people_reached": 1,
        "hand_outs": 1,
        "item:naloxone-nasal-4": 2,
        "item:naloxone-vial-0.4": 3,
        "item:atomizer": 1,
        "item:strip-fentanyl": 5,
    }


def test_people_reached_counts_others_where_they_were_told_and_one_where_nothing_was() -> None:
    place = make_location()
    at = datetime(2025, 6, 1, 16, tzinfo=UTC)
    hand_out(place, (SYRINGE, 10), at=at)
    hand_out(
        place, (SYRINGE, 10), at=at,
        details=VisitDetails(audience=Audience.SELF_AND_OTHERS, number_of_others=4),
    )  # fmt: skip

    assert dict(report().measures)[Counted(Measure.PEOPLE_REACHED)] == Amount(6)


def test_estimated_returns_stay_visible_and_nothing_asked_is_not_zero() -> None:
    place = make_location()
    at = datetime(2025, 6, 1, 16, tzinfo=UTC)
    litres = VisitDetails(returned=Returned(measure=ReturnMeasure.LITRES, amount=Decimal("1.5")))
    counted = VisitDetails(returned=Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(7)))
    hand_out(place, (SYRINGE, 1), at=at, details=litres)
    hand_out(place, (SYRINGE, 1), at=at, details=counted)
    hand_out(place, (SYRINGE, 1), at=datetime(2025, 7, 1, 16, tzinfo=UTC))

    asked = report(counted=RETURNED)

    assert asked.whole == Amount(157, estimated=150)
    assert asked.has_estimates
    assert asked.amounts[6] is None


def test_what_was_taken_back_does_not_count_nor_does_a_visit_of_which_nothing_stands() -> None:
    place = make_location()
    at = datetime(2025, 6, 1, 16, tzinfo=UTC)
    brought_back = VisitDetails(returned=Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(7)))
    visit = new_id()
    kept = hand_out(place, (SYRINGE, 10), at=at, visit_id=visit, details=brought_back)
    slip = hand_out(place, (SYRINGE, 99), at=at, visit_id=visit)
    gone = hand_out(place, (SYRINGE, 50), at=at, details=brought_back)
    only_returns = hand_out(place, at=at, details=brought_back)
    corrected = hand_out(place, (SYRINGE, 30), at=at, details=brought_back)
    reasons = {slip: ReversalReason.OTHER, gone: ReversalReason.ENTERED_TWICE, corrected: ReversalReason.WRONG_ITEM}
    for logged, reason in reasons.items():
        assert logged.distribution_id is not None
        encounters.void_distribution(logged.distribution_id, reason=reason, by=SYSTEM)

    sums = {counted.code: amount.quantity for counted, amount in report().measures}

    assert kept.distribution_id is not None
    assert only_returns.distribution_id is None
    assert sums == {"syringes_given": 10, "syringes_returned": 21, "people_reached": 3, "hand_outs": 1}


def test_past_totals_join_the_hand_outs_of_the_site_they_were_matched_to() -> None:
    place = make_location(make_site("Union St"))
    hand_out(place, (SYRINGE, 10), at=datetime(2025, 6, 15, 16, tzinfo=UTC))
    past("site,month,given\nUnion St,2025-06,100\nOld Mill,2025-05,7\nNA,2025-05,3\n")

    asked = report()

    assert months(asked) == {5: 10, 6: 110}
    assert [(row.place.name, row.whole.quantity) for row in asked.rows] == [("Union St", 110), ("Old Mill", 7), ("", 3)]
    assert asked.rows[-1].place == NOT_RECORDED


def test_one_place_can_be_asked_for_and_sorted_as_people_sort() -> None:
    past("site,month,given\n10,2025-01,1\n9,2025-01,2\nNA,2025-01,4\n1,2025-01,8\n")

    assert [place.name for place in queries.list_places()] == ["1", "9", "10", ""]
    assert report(place_key="label:9").whole == Amount(2)
    assert report(place_key="not-recorded").whole == Amount(4)
    assert [row.place.name for row in report(place_key="label:10").rows] == ["10"]


def test_every_year_at_once_is_shown_by_year() -> None:
    past("site,month,given\nA,2019-12,1\nA,2021-01,2\nA,2021-02,3\n")

    asked = report(None)

    assert [period.start.year for period in asked.periods] == [2019, 2020, 2021]
    assert [amount and amount.quantity for amount in asked.amounts] == [1, None, 5]


def test_a_download_of_every_year_is_still_by_month() -> None:
    past("site,month,given,returned\nA,2019-12,1,9\nA,2021-01,2,\n")
    everything = queries.list_monthly_totals(Question(year=None, counted=GIVEN), every_count=True)
    only_given = queries.list_monthly_totals(Question(year=None, counted=GIVEN), every_count=False)

    assert {f"{total.start:%Y-%m}" for total in everything} == {"2019-12", "2021-01"}
    assert [total.amount.quantity for total in only_given] == [2, 1]


def test_without_anything_recorded_there_is_an_empty_report() -> None:
    assert queries.list_years() == []
    assert report(None).periods == []
    assert report(2025).whole is None
    assert len(months_of(2025)) == 12
