"""A service as a person reads it: every field that we understand, in the order of what they ask first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from harmreduction.core.messages import Message
from harmreduction.directory.columns import first_address
from harmreduction.directory.entries import ABOUT_THERE, Offered, schedules_of, spans_of, town_of
from harmreduction.directory.hours import OpenState, SpecialDays, has_hours, state_at
from harmreduction.directory.hours_words import hours_lines
from harmreduction.directory.hsds.structure import Document


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A number to call or text; kind is what HSDS calls its type: voice, text, fax, …"""

    number: str
    extension: str = ""
    kind: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaceView:
    """A place where the service is offered; a confidential one shows neither address nor position.

    is_about_there: its position is only the middle of its ZIP or town. pair_id is the HSDS id of the service at this
    place, empty for a service without a place.
    """

    pair_id: str
    name: str
    address_lines: tuple[str, ...]
    town: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    is_confidential: bool
    state: OpenState
    hours_lines: tuple[Message, ...]
    phones: tuple[Phone, ...] = ()
    transportation: str = ""
    about: str = ""
    accessibility: tuple[str, ...] = ()
    is_about_there: bool = False


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    """A service with its places; terms are bits of `rules/terms.py`, languages are names as the source has them."""

    hsds_id: str
    name: str
    alternate_name: str
    organization_name: str
    about: str
    status: str
    alert: str
    terms: int
    phones: tuple[Phone, ...]
    email: str
    url: str
    languages: tuple[str, ...]
    interpretation: str
    eligibility: str
    minimum_age: float | None
    maximum_age: float | None
    how_to_start: str
    documents: tuple[str, ...]
    fees: tuple[str, ...]
    areas: tuple[str, ...]
    places: tuple[PlaceView, ...]
    verified_on: date | None
    verified_by: str = ""
    source_name: str = ""
    source_licence: str = ""
    merged_into: str = ""
    closures: Sequence[Any] = field(default_factory=tuple)


def place_view(pair_id: str, offered: Offered, *, at: datetime, today: date, shows_confidential: bool) -> PlaceView:
    """Return a place; a confidential one keeps its address from whoever may not see it."""
    hidden = offered.is_confidential and not shows_confidential
    place: Document = {} if hidden else offered.place
    latitude, longitude = (None, None) if hidden else offered.position
    schedules = schedules_of(offered)
    is_known = has_hours(schedules) or offered.status == "temporarily closed"
    return PlaceView(
        pair_id=pair_id,
        name=text(place, "name"),
        address_lines=address_lines(first_address(place)),
        town=town_of(first_address(place)),
        latitude=latitude,
        longitude=longitude,
        time_zone=offered.time_zone,
        is_confidential=offered.is_confidential,
        state=state_at(spans_of(offered, today=today), at, offered.time_zone, has_schedules=is_known),
        hours_lines=tuple(_lines_of(schedules, offered.special, today)),
        phones=phones_in((offered.pair, place)),
        transportation=text(place, "transportation"),
        about="" if hidden else text(offered.pair, "description") or text(place, "description"),
        accessibility=tuple(texts(place.get("accessibility"), "description", "details")),
        is_about_there=latitude is not None and offered.position_from == ABOUT_THERE,
    )


def _lines_of(schedules: Sequence[Document], special: Sequence[SpecialDays], today: date) -> list[Message]:
    """Return the hours in words; those that cannot be read, and notes about them, as the source wrote them."""
    lines = hours_lines(schedules, special, today=today)
    unread = [schedule for schedule in schedules if not has_hours([schedule])]
    return lines + [Message(words) for words in dict.fromkeys(texts(unread, "description"))]


def address_lines(address: Document) -> tuple[str, ...]:
    """Return an address as it is written on an envelope, without who it is for."""
    street = ", ".join(filter(None, (text(address, "address_1"), text(address, "address_2"))))
    region = " ".join(filter(None, (text(address, "state_province"), text(address, "postal_code"))))
    return tuple(filter(None, (street, ", ".join(filter(None, (text(address, "city"), region))))))


def phones_in(documents: Iterable[Document]) -> tuple[Phone, ...]:
    """Return the numbers of these documents, each once, those of named staff left out."""
    found: dict[str, Phone] = {}
    for document in documents:
        for phone in objects(document.get("phones")):
            number = text(phone, "number")
            if number:
                extension = phone.get("extension")
                found.setdefault(
                    number,
                    Phone(
                        number=number,
                        extension=f"{extension:g}" if isinstance(extension, int | float) else text(phone, "extension"),
                        kind=text(phone, "type"),
                        about=text(phone, "description"),
                    ),
                )
    return tuple(found.values())


def language_names(documents: Iterable[Document]) -> tuple[str, ...]:
    """Return the languages as their source names them, or by their codes."""
    found = (
        text(language, "name") or text(language, "code")
        for document in documents
        for language in objects(document.get("languages"))
    )
    return tuple(dict.fromkeys(filter(None, found)))


def fees_of(document: Document) -> tuple[str, ...]:
    """Return what it costs, as the source says it."""
    costs = (
        " ".join(filter(None, (text(cost, "option"), _amount(cost), text(cost, "amount_description"))))
        for cost in objects(document.get("cost_options"))
    )
    said = text(document, "fees_description") or text(document, "fees")
    return tuple(dict.fromkeys(filter(None, (said, *costs))))


def _amount(cost: Mapping[str, Any]) -> str:
    """Return a price with its currency."""
    amount = cost.get("amount")
    if not isinstance(amount, int | float):
        return ""
    return " ".join(filter(None, (f"{amount:g}", text(cost, "currency").upper())))


def texts(items: Any, *names: str) -> list[str]:
    """Return the first of these texts that each object has."""
    found = (next((text(item, name) for name in names if text(item, name)), "") for item in objects(items))
    return [word for word in found if word]


def objects(items: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list, whatever else a source put there."""
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def text(document: Mapping[str, Any], name: str) -> str:
    """Return a text without blanks around it; what is no text is empty."""
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""
