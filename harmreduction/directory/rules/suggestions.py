"""What people may tell us about a service."""

from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

LONGEST = 1000
MOST_OPEN = 1000  # suggestions that wait; whoever floods us fills no disk


class Topic(StrEnum):
    """What a suggestion is about."""

    HOURS = "hours"
    PLACE = "place"
    PHONE = "phone"
    OFFERS = "offers"
    CLOSED = "closed"
    NEW = "new"
    OTHER = "other"


TOPICS: dict[Topic, Message] = {
    Topic.HOURS: message("The hours"),
    Topic.PLACE: message("The address, or how to get there"),
    Topic.PHONE: message("The phone number"),
    Topic.OFFERS: message("What there is"),
    Topic.CLOSED: message("It is closed"),
    Topic.NEW: message("A service that is not listed"),
    Topic.OTHER: message("Something else"),
}
ABOUT_A_SERVICE = tuple(topic for topic in Topic if topic is not Topic.NEW)


class CannotSuggest(DomainError):
    """This suggestion cannot be taken now."""


def check_suggestion(text: str) -> None:
    """Refuse a suggestion that says nothing, or too much."""
    if not text.strip():
        raise CannotSuggest(message("Write what should change."))
    if len(text) > LONGEST:
        raise CannotSuggest(message("Write at most %(count)s characters.", count=LONGEST))
