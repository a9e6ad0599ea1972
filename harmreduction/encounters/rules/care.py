"""Services, tests and topics of a visit, from the programme's own lists. Plain Python: no Flask, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules.starting import VisitStart

NAME_LENGTH = 60


class ActivityKind(StrEnum):
    """Which list something stands on."""

    SERVICE = "service"
    TEST = "test"
    EDUCATION = "education"


ACTIVITY_KINDS: dict[ActivityKind, Message] = {
    ActivityKind.SERVICE: message("Services"),
    ActivityKind.TEST: message("Tests"),
    ActivityKind.EDUCATION: message("Topics"),
}


class ActivityOutcome(StrEnum):
    """What became of something on a visit; what nobody spoke of has no row."""

    DONE = "done"
    DECLINED = "declined"


OUTCOMES: dict[ActivityOutcome, Message] = {
    ActivityOutcome.DONE: message("Done"),
    ActivityOutcome.DECLINED: message("Offered, not wanted"),
}

# What every programme starts with, so that these names are translated; a programme's own names stay as it wrote them.
STARTING_NAMES: tuple[Message, ...] = (
    message("Wound care"),
    message("Vaccination"),
    message("Drug checking"),
    message("Talk or support"),
    message("Help with papers"),
    message("Food or drink"),
    message("Shower or laundry"),
    message("HIV test"),
    message("Hepatitis C test"),
    message("Hepatitis B test"),
    message("STI test"),
    message("Tuberculosis test"),
    message("Pregnancy test"),
    message("HIV self-test kit"),
    message("Recognising and answering an overdose"),
    message("Safer injection"),
    message("Safer smoking"),
    message("Caring for wounds"),
    message("HIV and hepatitis C"),
    message("Using test strips"),
    message("Safe disposal"),
    message("Treatment options"),
    message("Legal rights"),
    message("Sexual health"),
)


@dataclass(frozen=True, kw_only=True)
class CareGiven:
    """The services, tests and topics of a visit as one record; outcomes by the activity's public id.

    It is the whole of what the page showed: of `shown`, what has no outcome was not spoken of. What the page did not
    show stays as it is.
    """

    visit: VisitStart
    outcomes: Mapping[str, ActivityOutcome]
    shown: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ListedActivity:
    """One line of the programme's list as it wants it."""

    kind: ActivityKind
    name: str
    position: int
    is_active: bool
