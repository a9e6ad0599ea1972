"""The six questions that every report begins with; each can be skipped."""

from enum import StrEnum

from harmreduction.core.messages import message
from harmreduction.reversals.rules.asking import DONT_KNOW, YES_NO, Question


class When(StrEnum):
    """When it happened, as people say it."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    ANOTHER_DAY = "another_day"
    DONT_KNOW = DONT_KNOW


class Outcome(StrEnum):
    """What became of the person who overdosed."""

    OK = "ok"
    HOSPITAL = "hospital"
    DIED = "died"
    LEFT = "left"
    DONT_KNOW = DONT_KNOW


MORE = "more"

WHEN = Question(
    code="when",
    text=message("When was it?"),
    answers={
        When.TODAY: message("Today"),
        When.YESTERDAY: message("Yesterday"),
        When.THIS_WEEK: message("This week"),
        When.THIS_MONTH: message("This month"),
        When.ANOTHER_DAY: message("Another day"),
        When.DONT_KNOW: message("I don't know"),
    },
)
OUTCOME = Question(
    code="outcome",
    text=message("How are they now?"),
    answers={
        Outcome.OK: message("They are OK"),
        Outcome.HOSPITAL: message("They went to hospital"),
        Outcome.DIED: message("They died"),
        Outcome.LEFT: message("Left before it was known"),
        Outcome.DONT_KNOW: message("I don't know"),
    },
)
DOSES = Question(
    code="doses",
    text=message("How many doses of naloxone?"),
    answers={
        "0": message("None"),
        "1": message("1"),
        "2": message("2"),
        "3": message("3"),
        "4": message("4"),
        "5": message("5"),
        "6": message("6"),
        MORE: message("More"),
        DONT_KNOW: message("I don't know"),
    },
)
PLACE = Question(
    code="place",
    text=message("What kind of place?"),
    answers={
        "own_home": message("Their home"),
        "friends_home": message("A friend's home"),
        "street": message("Street or outside"),
        "vehicle": message("Car or other vehicle"),
        "shelter": message("Shelter"),
        "toilet": message("Public toilet"),
        "here": message("At the programme"),
        "other": message("Somewhere else"),
    },
)
GAVE = Question(
    code="gave",
    text=message("Who gave naloxone?"),
    takes_several=True,
    answers={
        "teller": message("The person who tells this"),
        "friend": message("A friend"),
        "partner": message("Their partner"),
        "family": message("Family"),
        "stranger": message("Somebody passing by"),
        "staff": message("Staff or a peer worker"),
        "ambulance": message("Ambulance"),
        "fire": message("Fire service"),
        "police": message("Police"),
        "nobody": message("Nobody"),
        DONT_KNOW: message("I don't know"),
    },
    public_answers={"teller": message("I did")},
)
CALLED_911 = Question(code="called_911", text=message("Was 911 called?"), answers=YES_NO)

QUICK = (WHEN, OUTCOME, DOSES, PLACE, GAVE, CALLED_911)
