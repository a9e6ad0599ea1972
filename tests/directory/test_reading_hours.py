import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.directory.reading.free_hours import DAYS, read_hours

Told = list[tuple[str, str, str]]


def told(text: str) -> Told | None:
    found = read_hours(text)
    return found and [(one["byday"], one["opens_at"][:5], one["closes_at"][:5]) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00am-5:00pm, Mon-Fri", [("MO,TU,WE,TH,FR", "09:00", "17:00")]),
        ("24/7", [("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")]),
        ("Saturday: 9:00:00-12:00:00, 9:00:00-12:00:00; Monday: 13:00:00-14:00:00",
         [("SA", "09:00", "12:00"), ("MO", "13:00", "14:00")]),
        ("Mondays, Wednesdays, and Fridays 9am-4pm", [("MO,WE,FR", "09:00", "16:00")]),
        ("Mon-Thurs 9-2pm, Fri 9-12pm", [("MO,TU,WE,TH", "09:00", "14:00"), ("FR", "09:00", "12:00")]),
        ("M - F: 8:30a-4:30", [("MO,TU,WE,TH,FR", "08:30", "16:30")]),
        ("Monday: Closed Tuesday: 12:00 PM - 02:00 PM Sunday: Closed", [("TU", "12:00", "14:00")]),
        ("Fri, Sat 8pm-2am", [("FR,SA", "20:00", "02:00")]),
        ("Mon-Fri 9am-noon and 1pm-5pm", [("MO,TU,WE,TH,FR", "09:00", "12:00"), ("MO,TU,WE,TH,FR", "13:00", "17:00")]),
        ("1st & 3rd Thursday Each Month 4:00pm -6:00pm", [("1TH,3TH", "16:00", "18:00")]),
        ("1PM-3pm Last Saturday of Month", [("-1SA", "13:00", "15:00")]),
        ("Every Wednesday 3:00PM 6:00PM", [("WE", "15:00", "18:00")]),
        ("Mon-Fri 09:00–17:00", [("MO,TU,WE,TH,FR", "09:00", "17:00")]),
        ("Sat to Mon 10am-noon", [("MO,SA,SU", "10:00", "12:00")]),
    ],
)  # fmt: skip
def test_hours_that_are_sure(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "9-5",
        "9am-5pm",
        "by appointment",
        "Every other Tuesday 9am-1pm",
        "Every 3rd Tuesday 12-3pm",
        "1st and 3rd Monday 12-5",
        "Thursdays at 6pm",
        "Mon-Fri 9am-4pm. Closed Wednesdays 10am-1pm",
        "Mon 9am-4pm except holidays",
        "Monday: 09:00 PM - 01:30 PM",
        "Saturday: 4:00:00-6:00:00",
        "Mon 9am-1pm, Mon 10am-2pm",
        "Open 24/7 (call first)",
        "(610) 383-0868",
        "Mon-Fri",
        "Mon 13pm-15pm",
        "",
    ],
)
def test_hours_that_are_not_sure_stay_a_sentence(text: str) -> None:
    assert read_hours(text) is None


@given(st.text(alphabet="MonTueFri 0123456789:-apm,and;&1st", max_size=40))
def test_any_text_gives_whole_schedules_or_none(text: str) -> None:
    for found in read_hours(text) or []:
        assert found["freq"] in ("WEEKLY", "MONTHLY")
        assert all(day[-2:] in DAYS for day in found["byday"].split(","))
        assert len(found["opens_at"]) == len(found["closes_at"]) == 8
        assert found["opens_at"] != found["closes_at"]
