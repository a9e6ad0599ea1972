"""How a service at a place looks to somebody who searches: what it offers, where, when, and by which words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from harmreduction.directory.columns import first_address
from harmreduction.directory.hours import OpenSpan, SpecialDays, has_hours, spans
from harmreduction.directory.hsds.privacy import without_codes, without_private
from harmreduction.directory.hsds.structure import Document
from harmreduction.directory.place_names import fold
from harmreduction.directory.rules.terms import bits_of, kind_of, terms_of
from harmreduction.directory.terms_as_attributes import codes_in

SEARCHED_LENGTH = 2000
DESCRIPTION_WORDS = 60
ABOUT_THERE = "gazetteer"  # the middle of a ZIP or town
CLOSED_FOR_NOW = "temporarily closed"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A service at one place, or at none: the documents of it all, and what is special about its days.

    time_zone is the one of the place, or of the programme where nobody said. position_from: how the position is
    known: `source`, `entered`, `geocoder`, or ABOUT_THERE.
    """

    service: Document
    organization: Document
    pair: Document
    place: Document
    special: Sequence[SpecialDays]
    time_zone: str
    status: str
    is_confidential: bool
    position: tuple[float | None, float | None]
    position_from: str = "source"


def as_anybody_may_see(offered: Offered) -> Offered:
    """Return a service at a place without names of staff and codes of doors, for whoever is not of the team."""
    return replace(
        offered,
        service=without_private(offered.service),
        organization=without_private(offered.organization),
        pair=without_private(offered.pair),
        place=without_private(offered.place),
    )


def schedules_of(offered: Offered) -> list[dict[str, Any]]:
    """Return the schedules that hold: those of the service at the place, else of the service, else of the place.

    HSDS leaves the order open; the nearest to the door wins here.
    """
    for document in (offered.pair, offered.service, offered.place):
        if document.get("schedules"):
            return [schedule for schedule in document["schedules"] if isinstance(schedule, dict)]
    return []


def spans_of(offered: Offered, *, today: date) -> list[OpenSpan]:
    """Return when it is open; a service that is closed for now is not open at all."""
    if offered.status == CLOSED_FOR_NOW:
        return []
    return spans(schedules_of(offered), offered.special, today=today)


def bits_offered(offered: Offered) -> int:
    """Return the terms that its documents carry, and "free" where a price of 0 says so."""
    codes = {code for document in (offered.service, offered.pair, offered.place) for code in codes_in(document)}
    costs = [cost.get("amount") for cost in offered.service.get("cost_options") or [] if isinstance(cost, Mapping)]
    if costs and all(cost == 0 for cost in costs):
        codes.add("free")
    return bits_of(codes)


def entry_of(offered: Offered) -> dict[str, Any]:
    """Return the columns of a finder entry that come from its documents."""
    bits = bits_offered(offered)
    address = {} if offered.is_confidential else first_address(offered.place)
    latitude, longitude = (None, None) if offered.is_confidential else offered.position
    return {
        "name": _text(offered.service, "name", 300),
        "organization_name": _text(offered.organization, "name", 300),
        "place_name": "" if offered.is_confidential else _text(offered.place, "name", 300),
        "town": town_of(address),
        "kind": kind_of(bits),
        "latitude": latitude,
        "longitude": longitude,
        "time_zone": offered.time_zone,
        "terms": bits,
        "languages": _languages(offered),
        "searched": _searched(offered, address, bits),
        "has_hours": has_hours(schedules_of(offered)) or offered.status == CLOSED_FOR_NOW,
    }


def town_of(address: Document) -> str:
    """Return the town of an address with its state: Baltimore, MD."""
    parts = (str(address.get(name) or "").strip() for name in ("city", "state_province"))
    return ", ".join(part for part in parts if part)[:160]


def language_codes(documents: Iterable[Document]) -> list[str]:
    """Return the codes of the languages that these documents name, each once, in order."""
    found = (
        str(language.get("code") or "").strip().lower()
        for document in documents
        for language in document.get("languages") or []
        if isinstance(language, Mapping)
    )
    return list(dict.fromkeys(code for code in found if code.isalpha() and len(code) <= 3))


def _languages(offered: Offered) -> str:
    """Return language codes between commas, so that one is found as ",es,"."""
    codes = language_codes((offered.pair, offered.service, offered.place))
    return f",{','.join(codes)}," if codes else ""


def _searched(offered: Offered, address: Document, bits: int) -> str:
    """Return the words by which it is found, folded."""
    texts = [
        *(str(offered.service.get(name) or "") for name in ("name", "alternate_name")),
        *(str(offered.organization.get(name) or "") for name in ("name", "alternate_name")),
        "" if offered.is_confidential else str(offered.place.get("name") or ""),
        *(str(address.get(name) or "") for name in ("address_1", "city", "state_province", "postal_code")),
        *(term.name.text for term in terms_of(bits)),
        " ".join(without_codes(str(offered.service.get("description") or "")).split()[:DESCRIPTION_WORDS]),
    ]
    return fold(" ".join(texts))[:SEARCHED_LENGTH]


def _text(document: Document, name: str, length: int) -> str:
    """Return a text of a document, as far as its column takes it."""
    return str(document.get(name) or "")[:length]
