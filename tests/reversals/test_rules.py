"""What a report may tell, when it was, and which reports may tell of one overdose."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.reversals.rules.asking import Question
from harmreduction.reversals.rules.bank import AS_ROWS, BY_CODE, IN_COLUMNS, OPTIONAL
from harmreduction.reversals.rules.figures import Counted, ReversalFigures, add_up, overdose_of
from harmreduction.reversals.rules.quick import QUICK, Outcome, When
from harmreduction.reversals.rules.reports import (
    CannotReport,
    Exactness,
    Happened,
    NewReport,
    check_area,
    check_report,
    happened,
)
from harmreduction.reversals.rules.same_event import Told, groups_of, may_be_same

SUNDAY = date(2026, 11, 22)
DAYS = st.dates(date(2026, 10, 1), date(2026, 12, 31))
STREET, HOME = "street", "own_home"


def on(day: date, exactness: Exactness = Exactness.DAY) -> Happened:
    return Happened(exactness=exactness, on=day)


def told(report_id: int, happened: Happened, **more: object) -> Told:
    return Told(report_id=report_id, happened=happened, **({"place": STREET} | more))


@pytest.mark.parametrize("question", BY_CODE.values(), ids=lambda question: question.code)
def test_codes_fit_their_columns_and_public_words_change_no_answer(question: Question) -> None:
    assert len(question.code) <= 20 and question.code.isidentifier()
    longest = {"outcome": 12, "place": 16}.get(question.code, 20)
    assert all(0 < len(code) <= longest for code in question.answers)
    assert question.public_answers.keys() <= question.answers.keys()


def test_six_questions_come_first_and_no_code_stands_twice() -> None:
    assert len(QUICK) == 6
    codes = [question.code for question in (*QUICK, *OPTIONAL)]
    assert len(codes) == len(set(codes))
    assert AS_ROWS.keys() | IN_COLUMNS == set(codes)


def test_nothing_asks_for_arrests_or_words_that_hurt() -> None:
    texts = [
        str(text).lower()
        for question in BY_CODE.values()
        for is_public in (True, False)
        for text in (question.asked(is_public=is_public), *question.offered(is_public=is_public).values())
    ]
    hurting = ("arrest", "client", "addict", "user", "refus", "clean", "dirty", "victim", "relapse", "abuse")
    assert [text for text in texts if any(word in text for word in hurting)] == []


@pytest.mark.parametrize(
    ("when", "day", "expected"),
    [
        (When.TODAY, None, on(SUNDAY)),
        (When.YESTERDAY, None, on(date(2026, 11, 21))),
        (When.THIS_WEEK, None, on(date(2026, 11, 16), Exactness.WEEK)),
        (When.THIS_MONTH, None, on(date(2026, 11, 1), Exactness.MONTH)),
        (When.ANOTHER_DAY, date(2026, 11, 3), on(date(2026, 11, 3))),
        (When.ANOTHER_DAY, None, Happened()),
        (When.DONT_KNOW, None, Happened()),
        (None, None, Happened()),
    ],
)
def test_about_when_is_kept_as_exactly_as_it_was_told(when: When | None, day: date | None, expected: Happened) -> None:
    assert happened(when, day, today=SUNDAY) == expected


@given(st.sampled_from(When), DAYS)
def test_today_is_always_within_what_includes_it(when: When, today: date) -> None:
    stretch = happened(when, None, today=today).stretch
    if when in (When.TODAY, When.THIS_WEEK, When.THIS_MONTH):
        assert stretch is not None and stretch[0] <= today <= stretch[1]


def test_a_day_to_come_and_one_beyond_memory_are_refused() -> None:
    for day in (SUNDAY + timedelta(days=1), date(2010, 1, 1)):
        with pytest.raises(CannotReport):
            check_report(NewReport(client_id="x", happened=on(day)), today=SUNDAY)


def test_an_area_is_never_a_house() -> None:
    for area in ("", "276", "East side", "Durham County"):
        check_area(area)
    for area in ("12 Heron Street 27701", "27701", "1 2 3 4", "a very long part of a town"):
        with pytest.raises(CannotReport):
            check_area(area)


@given(st.sets(st.sampled_from(sorted((question, answer) for question, known in AS_ROWS.items() for answer in known))))
def test_any_answers_may_stand_beside_each_other(answers: set[tuple[str, str]]) -> None:
    report = NewReport(client_id="x", answers=frozenset(answers), outcome=Outcome.DIED)
    check_report(report, today=SUNDAY)
    assert report.told["answers"] == sorted([question, answer] for question, answer in answers)


def test_what_the_bank_does_not_know_is_refused() -> None:
    with pytest.raises(CannotReport):
        check_report(NewReport(client_id="x", answers=frozenset({("why_not_911", "arrested")})), today=SUNDAY)


def test_which_reports_may_tell_of_one_overdose() -> None:
    one = told(1, on(SUNDAY), outcome=Outcome.OK)
    assert may_be_same(one, told(2, on(SUNDAY - timedelta(days=1)), outcome=Outcome.HOSPITAL))
    assert may_be_same(one, told(3, on(date(2026, 11, 16), Exactness.WEEK)))
    assert not may_be_same(one, told(4, on(SUNDAY - timedelta(days=2))))
    assert not may_be_same(one, told(5, on(SUNDAY), outcome=Outcome.DIED))
    assert not may_be_same(one, told(6, on(SUNDAY), place=HOME))
    assert not may_be_same(one, told(7, Happened()))
    assert not may_be_same(one, told(8, on(date(2026, 11, 1), Exactness.MONTH)))
    assert not may_be_same(told(1, on(SUNDAY), visit_id=9), told(9, on(SUNDAY), visit_id=9))
    in_town = told(1, on(SUNDAY), area="East side")
    assert may_be_same(in_town, told(10, on(date(2026, 11, 1), Exactness.MONTH), area="east  SIDE"))
    assert not may_be_same(in_town, told(11, on(SUNDAY), area="West side"))


@given(
    st.builds(Happened, exactness=st.sampled_from([Exactness.DAY, Exactness.WEEK]), on=DAYS),
    st.builds(Happened, exactness=st.sampled_from(Exactness), on=DAYS),
    st.sampled_from([None, STREET, HOME]),
    st.sampled_from([None, *Outcome]),
)
def test_to_be_alike_goes_both_ways(one: Happened, other: Happened, place: str | None, outcome: Outcome | None) -> None:
    first, second = told(1, one, outcome=Outcome.OK), told(2, other, place=place, outcome=outcome)
    assert may_be_same(first, second) == may_be_same(second, first)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9))), st.randoms())
def test_groups_are_the_same_in_whatever_order_they_were_found(pairs: list[tuple[int, int]], shuffled: object) -> None:
    groups = groups_of(range(1, 10), pairs)
    other_way = [(other, one) for one, other in pairs]
    shuffled.shuffle(other_way)  # type: ignore[attr-defined]
    assert groups_of(range(9, 0, -1), other_way) == groups
    assert sorted(each for group in groups for each in group) == list(range(1, 10))
    assert all(any({one, other} <= group for group in groups) for one, other in pairs)


def test_several_reports_of_one_overdose_count_once_with_the_most_that_anybody_saw() -> None:
    saw = Counted(report_id=1, day=SUNDAY, exactness=Exactness.DAY, outcome=Outcome.LEFT, doses=1)
    stayed = Counted(
        report_id=2,
        day=date(2026, 11, 16),
        exactness=Exactness.WEEK,
        outcome=Outcome.HOSPITAL,
        doses=3,
        answers=frozenset({("called_911", "yes")}),
    )
    heard = Counted(report_id=3, day=SUNDAY, exactness=Exactness.UNKNOWN, answers=frozenset({("called_911", "no")}))
    for reports in ([saw, stayed, heard], [heard, stayed, saw]):
        overdose = overdose_of(reports)
        assert (overdose.day, overdose.outcome, overdose.doses, overdose.is_called) == (
            SUNDAY,
            Outcome.HOSPITAL,
            3,
            True,
        )


def test_what_nobody_knows_is_no_no() -> None:
    silent = overdose_of([Counted(report_id=1, day=SUNDAY, exactness=Exactness.UNKNOWN)])
    said = overdose_of(
        [
            Counted(
                report_id=2,
                day=SUNDAY,
                exactness=Exactness.DAY,
                outcome=Outcome.OK,
                doses=2,
                answers=frozenset({("called_911", "no"), ("why_not_911", "police"), ("police", "took_kit")}),
            )
        ]
    )
    figures = add_up([silent, said])
    assert figures == ReversalFigures(
        overdoses=2,
        reports=2,
        survived=1,
        not_known=1,
        doses_known=1,
        doses_mean=2,
        doses_median=2,
        not_called_911=1,
        why_not_911={"police": 1},
        kit_taken=1,
    )
    assert (figures.call_not_known, figures.called_percent, figures.for_100_kits(400)) == (1, 0, 1)
    assert add_up([]).for_100_kits(0) is None and add_up([]).called_percent is None
