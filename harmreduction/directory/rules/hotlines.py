"""Lines that somebody can call at any hour: what kinds there are, and what makes one usable."""

from dataclasses import dataclass
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.directory.rules.links import safe_url


class HotlineKind(StrEnum):
    """What a line is for."""

    NEVER_USE_ALONE = "never_use_alone"
    CRISIS = "crisis"
    POISON = "poison"
    TREATMENT = "treatment"
    LOCAL = "local"
    OTHER = "other"


HOTLINE_KINDS: dict[HotlineKind, Message] = {
    HotlineKind.NEVER_USE_ALONE: message("Somebody stays on the line while a person uses"),
    HotlineKind.CRISIS: message("Crisis"),
    HotlineKind.POISON: message("Poison and medicines"),
    HotlineKind.TREATMENT: message("Treatment"),
    HotlineKind.LOCAL: message("Services nearby"),
    HotlineKind.OTHER: message("Other"),
}


class UnusableLine(DomainError):
    """Nobody could reach this line."""


@dataclass(frozen=True, kw_only=True)
class HotlineChange:
    """A line as the programme lists it; position is its place in the list, lowest first."""

    name: str
    kind: HotlineKind
    about: str = ""
    phone: str = ""
    text_number: str = ""
    url: str = ""
    hours: str = ""
    languages: str = ""
    source: str = ""
    position: int = 100
    is_active: bool = True


def check_line(line: HotlineChange) -> None:
    """Refuse a line that offers no way to reach it, or an address that does not open."""
    if not (line.phone or line.text_number or line.url):
        raise UnusableLine(message("Enter a number to call, a number to text, or a website."))
    if line.url and not safe_url(line.url):
        raise UnusableLine(message("The website must begin with https:// or http://."))
