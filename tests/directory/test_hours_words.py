"""Opening hours as people read them."""

from datetime import UTC, date, datetime

import pytest

from harmreduction.directory.hours import SpecialDays, has_hours, spans, state_at
from harmreduction.directory.hours_words import hours_lines, state_words
from harmreduction.web.i18n import say

TODAY = date(2026, 11, 22)  # a Sunday


def weekly(byday, opens="09:00", closes="17:00", **more):
    return {"freq": "WEEKLY", "byday": byday, "opens_at": opens, "closes_at": closes, **more}


def monthly(opens="10:00", closes="14:00", **more):
    return {"freq": "MONTHLY", "opens_at": opens, "closes_at": closes, **more}


def days(first, last, opens=None, closes=None, reason=""):
    until = last and date.fromisoformat(last)
    return SpecialDays(from_day=date.fromisoformat(first), until_day=until, opens=opens, closes=closes, reason=reason)


@pytest.fixture
def lines(app):
    """Return the lines as an English reader sees them."""

    def lines(*schedules, special=(), today=TODAY):
        with app.test_request_context(headers={"Accept-Language": "en"}):
            return [say(line) for line in hours_lines(schedules, special, today=today)]

    return lines


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        (weekly("MO,TU,WE,TH,FR"), "Monday to Friday: 9:00–17:00"),
        (weekly("FR,SA", "20:00", "02:00"), "Friday, Saturday: 20:00–2:00 (next day)"),
        (weekly("MO,TU,WE,FR"), "Monday to Wednesday, Friday: 9:00–17:00"),
        (weekly("MO,TU,WE,TH,FR,SA,SU"), "Every day: 9:00–17:00"),
        (weekly("SA,SU", "00:00", "23:59"), "Saturday, Sunday: all day"),
        (weekly("SA", "18:00", "00:00"), "Saturday: 18:00–24:00"),
        (weekly("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00"), "Around the clock"),
        (weekly("MO", until="2026-12-31"), "Monday: 9:00–17:00, until Dec 31, 2026"),
        (weekly("MO", valid_from="2027-01-04"), "Monday: 9:00–17:00, from Jan 4, 2027"),
        (
            weekly("MO", valid_from="2027-01-04", valid_to="2027-02-01"),
            "Monday: 9:00–17:00, from Jan 4, 2027 until Feb 1, 2027",
        ),
        (weekly("TU", interval=2, dtstart="2026-11-03"), "Every 2 weeks on Tuesday (next: Dec 1, 2026): 9:00–17:00"),
        (weekly("TU", count=5, dtstart="2026-11-03"), "On certain days (next: Nov 24, 2026): 9:00–17:00"),
        (monthly(byday="1SA,3SA"), "Each month on the first and third Saturday: 10:00–14:00"),
        (monthly(byday="1SA,2SA,-1FR"), "Each month on the first and second Saturday, the last Friday: 10:00–14:00"),
        (monthly(byday="1MO,3MO,-1MO"), "Each month on the first, third and last Monday: 10:00–14:00"),
        (monthly(byday="SA"), "Saturday: 10:00–14:00"),
        (monthly(byday="FR", bymonthday="13"), "On certain days (next: Aug 13, 2027): 10:00–14:00"),
        (monthly(byday="-3SA"), "On certain days (next: Dec 12, 2026): 10:00–14:00"),
        (monthly(bymonthday="15"), "Each month on day 15: 10:00–14:00"),
        (monthly(bymonthday="1,-1"), "Each month on the last day, day 1: 10:00–14:00"),
        (
            monthly(byday="1MO", interval=3, dtstart="2026-10-01"),
            "Every 3 months on the first Monday (next: Jan 4, 2027): 10:00–14:00",
        ),
    ],
)
def test_a_schedule_in_words(lines, schedule, line):
    assert lines(schedule) == [line]


def test_days_with_the_same_hours_share_a_line_and_breaks_stand_in_it(lines):
    morning, afternoon = weekly("MO,TU,WE", "09:00", "12:00"), weekly("MO,WE", "13:00", "17:00")
    assert lines(afternoon, morning) == ["Monday, Wednesday: 9:00–12:00, 13:00–17:00", "Tuesday: 9:00–12:00"]


def test_what_is_over_and_what_cannot_be_read_has_no_line(lines):
    assert (
        lines(weekly("MO", valid_to="2026-11-21"), weekly("MO", "9", "17"), {}, monthly(bymonthday="31", byyearday="1"))
        == []
    )
    assert lines(weekly("MO", count=1, dtstart="2026-11-02")) == []


def test_special_days_follow_the_usual_ones(lines):
    special = [
        days("2026-12-24", "2027-01-02", reason="holidays"),
        days("2026-12-01", "2026-12-01"),
        days("2027-01-04", "2027-01-04", 600, 840, reason="100% staff day"),
        days("2027-01-11", "2027-01-17", 1200, 120),
        days("2027-02-01", None, 540, 720),
        days("2027-03-01", None),
        days("2026-05-01", "2026-05-02"),
    ]
    assert lines(weekly("MO"), special=special) == [
        "Monday: 9:00–17:00",
        "Closed Dec 1, 2026",
        "Closed Dec 24, 2026 – Jan 2, 2027: holidays",
        "Jan 4, 2027: 10:00–14:00 (100% staff day)",
        "Jan 11, 2027 – Jan 17, 2027: 20:00–2:00 (next day)",
        "From Feb 1, 2027: 9:00–12:00",
        "Closed from Mar 1, 2027 until further notice",
    ]
    assert lines(special=[days("2026-11-22", None)]) == ["Closed until further notice"]


OFFICE = [weekly("MO,TU,WE,TH,FR")]


@pytest.mark.parametrize(
    ("schedules", "now", "words"),
    [
        (OFFICE, "2026-11-23T10:00", "Open now, closes at 17:00"),
        (OFFICE, "2026-11-23T08:00", "Opens today at 9:00"),
        (OFFICE, "2026-11-23T18:00", "Opens tomorrow at 9:00"),
        (OFFICE, "2026-11-27T18:00", "Opens Monday at 9:00"),
        ([weekly("SU", "20:00", "02:00")], "2026-11-22T21:00", "Open now, until 2:00 tomorrow"),
        ([weekly("SU", "20:00", "02:00")], "2026-11-23T01:00", "Open now, closes at 2:00"),
        ([weekly("SU", "20:00", "00:00")], "2026-11-22T21:00", "Open now, closes at midnight"),
        ([weekly("SU", "09:00", "17:00")], "2026-11-22T18:00", "Opens Nov 29, 2026 at 9:00"),
        ([weekly("TU", interval=2, dtstart="2026-11-03")], "2026-11-18T18:00", "Opens Dec 1, 2026 at 9:00"),
        ([weekly("SU,MO,TU", "00:00", "24:00")], "2026-11-22T18:00", "Open now, until Wednesday at 0:00"),
        ([weekly("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00")], "2026-11-22T18:00", "Open around the clock"),
        ([weekly("MO", valid_to="2026-01-01")], "2026-11-22T18:00", "Closed now."),
        ([weekly("MO", None, None)], "2026-11-22T18:00", "Hours not known."),
        ([], "2026-11-22T18:00", "Hours not known."),
    ],
)
def test_one_sentence_for_now(app, schedules, now, words):
    moment = datetime.fromisoformat(f"{now}-05:00").astimezone(UTC)
    found = spans(schedules, [], today=TODAY)
    state = state_at(found, moment, "America/New_York", has_schedules=has_hours(schedules))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert say(state_words(state, moment)) == words
