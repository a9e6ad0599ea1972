"""How a conversation went, as the member of the team who held it sees it: four questions, each can be skipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from harmreduction.core.messages import Message, message

MOST_LEARNED = 2_000  # characters


class TalkedMost(StrEnum):
    """Who talked most."""

    PARTICIPANT = "participant"
    BOTH = "both"
    STAFF = "staff"


class Happened(StrEnum):
    """Whether something happened."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


ANSWERS_TALKED_MOST: dict[TalkedMost, Message] = {
    TalkedMost.PARTICIPANT: message("The participant"),
    TalkedMost.BOTH: message("Both about the same"),
    TalkedMost.STAFF: message("I did"),
}
ANSWERS_HAPPENED: dict[Happened, Message] = {
    Happened.YES: message("Yes"),
    Happened.PARTLY: message("In part"),
    Happened.NO: message("Not this time"),
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question about a conversation, with its answers."""

    words: Message
    answers: Mapping[str, Message]


QUESTIONS: dict[str, Question] = {
    "talked_most": Question(
        words=message("Who talked most?"), answers={one.value: text for one, text in ANSWERS_TALKED_MOST.items()}
    ),
    "began_with_strengths": Question(
        words=message("Did we begin with what they do well?"),
        answers={one.value: text for one, text in ANSWERS_HAPPENED.items()},
    ),
    "offered_choices": Question(
        words=message("Did I offer choices, and did they choose?"),
        answers={one.value: text for one, text in ANSWERS_HAPPENED.items()},
    ),
    "asked_before_telling": Question(
        words=message("Did I ask before I told something?"),
        answers={one.value: text for one, text in ANSWERS_HAPPENED.items()},
    ),
}


@dataclass(frozen=True, kw_only=True)
class Reflection:
    """What somebody thinks of one conversation; client_id is a UUID made with the page.

    answers: by the code of the question, without those that were skipped. It says neither which conversation nor whose.
    """

    client_id: str
    answers: Mapping[str, str]
    learned: str = ""

    def says_something(self) -> bool:
        """Say whether anything was answered at all."""
        return bool(self.answers or self.learned)


def month_of(day: date) -> date:
    """Return the first day of the month, by which a reflection is kept, so that it points to no conversation."""
    return day.replace(day=1)


def shown_answers(counts: Mapping[str, int], *, smallest: int) -> Mapping[str, int]:
    """Return the counts of one question's answers, or none of them where one is so small that it points to somebody.

    All or nothing: who knows how many answered could else work out the one that is missing.
    """
    return counts if all(count == 0 or count >= smallest for count in counts.values()) else {}
