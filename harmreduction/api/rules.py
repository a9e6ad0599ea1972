"""What may be asked of /hsds/, and how its lists are paged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from math import ceil
from typing import Any, TypeVar
from uuid import UUID

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.directory.hsds.structure import RootKind
from harmreduction.directory.rules.finder import Point
from harmreduction.directory.rules.terms import BY_CODE

PER_PAGE = 50
MOST_PER_PAGE = 500
MOST_NESTED: dict[RootKind, int] = {"service": 100, "service_at_location": 100, "organization": 10}  # a page
LAST_PAGE = 1_000_000
LONGEST_REACH = 20_100_000  # metres: half way around the earth
LONGEST_TEXT = 200  # characters; each word of a search is a condition of one statement
NOBODY = str(UUID(int=0))  # the id of no record
TRUE = {"true", "1", "yes"}
FALSE = {"false", "0", "no", ""}
FORMATS = ("json", "ndjson")
Value = TypeVar("Value")


class WrongParameter(DomainError):
    """A parameter has a value that cannot be meant."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request for a list; what was not asked is empty."""

    search: str = ""
    page: int = 1
    per_page: int = PER_PAGE
    most_per_page: int = MOST_PER_PAGE
    file_format: str = "json"
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    parent_id: str = ""
    top_only: bool = False
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    postcode: str = ""
    proximity: float | None = None
    near: Point | None = None
    open_now: bool = False
    offers: frozenset[str] = frozenset()

    @property
    def offset(self) -> int:
        """Return how many come before this page."""
        return (self.page - 1) * self.per_page

    @property
    def is_nested(self) -> bool:
        """Say whether organisations come with their services."""
        return self.full or self.full_service

    @property
    def is_for_finder(self) -> bool:
        """Say whether the answer depends on what the finder knows: where, when, and our own terms."""
        return bool(self.near or self.open_now or self.offers)


def read_asked(values: Mapping[str, str], kind: RootKind) -> Asked:
    """Return what a query string asks of records of one kind; names that we do not know are left aside.

    What is nested is large, so that fewer fit a page. Raises WrongParameter, which names the parameter and what it
    may be.
    """
    asked = _read(values)
    is_nested = asked.is_nested if kind == "organization" else asked.full
    most = MOST_NESTED.get(kind, MOST_PER_PAGE) if is_nested else MOST_PER_PAGE
    return replace(asked, per_page=min(asked.per_page, most), most_per_page=most)


def _read(values: Mapping[str, str]) -> Asked:
    """Return what a query string asks for."""
    return Asked(
        search=_words(values, "search"),
        page=_whole(values, "page", 1, LAST_PAGE),
        per_page=_whole(values, "per_page", PER_PAGE, LAST_PAGE),
        file_format=_format(values.get("format", "") or "json"),
        taxonomy_term_id=_id(values, "taxonomy_term_id"),
        taxonomy_id=_id(values, "taxonomy_id"),
        organization_id=_id(values, "organization_id"),
        parent_id=_id(values, "parent_id"),
        top_only=_yes(values, "top_only"),
        minimal=_yes(values, "minimal"),
        full=_yes(values, "full"),
        full_service=_yes(values, "full_service"),
        open_now=_yes(values, "open_now"),
        modified_after=_moment(values.get("modified_after", "")),
        postcode=_words(values, "postcode"),
        proximity=_number(values, "proximity", 0, LONGEST_REACH),
        near=_near(values),
        offers=_offers(values.get("offers", "")),
    )


def page_of(contents: list[Any], asked: Asked, total: int) -> dict[str, Any]:
    """Return the envelope that the standard puts around every list."""
    pages = max(ceil(total / asked.per_page), 1)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": asked.page,
        "size": len(contents),
        "first_page": asked.page == 1,
        "last_page": asked.page >= pages,
        "empty": not contents,
        "contents": contents,
    }


def read_id(text: str) -> str:
    """Return an id as it is stored; what is no UUID becomes one that finds nothing.

    Terms are looked for in documents, so that any other text would ask for what stands there and may not leave.
    """
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return NOBODY


def _id(values: Mapping[str, str], name: str) -> str:
    """Return an id, or nothing where none is asked for."""
    return read_id(values[name]) if values.get(name, "").strip() else ""


def _words(values: Mapping[str, str], name: str) -> str:
    """Return words to look for, in one line and without what no database stores."""
    words = " ".join(values.get(name, "").replace("\0", " ").split())
    if len(words) > LONGEST_TEXT:
        raise WrongParameter(message("%(name)s can have %(most)s characters at most.", name=name, most=LONGEST_TEXT))
    return words


def _whole(values: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Return a whole number from 1."""
    text = values.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise WrongParameter(message("%(name)s must be a whole number from 1.", name=name))
    return int(text[:9])


def _number(values: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    """Return a number between two others."""
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise WrongParameter(
            message("%(name)s must be a number from %(least)s to %(most)s.", name=name, least=least, most=most)
        )
    return number


def _yes(values: Mapping[str, str], name: str) -> bool:
    """Return a yes or no."""
    text = values.get(name, "").strip().lower()
    if text not in TRUE | FALSE:
        raise WrongParameter(message("%(name)s must be true or false.", name=name))
    return text in TRUE


def _format(text: str) -> str:
    """Return json or ndjson."""
    if text.lower() not in FORMATS:
        raise WrongParameter(message("format must be json or ndjson."))
    return text.lower()


def _moment(text: str) -> datetime | None:
    """Return a day or a moment (ISO 8601); without a zone it is in UTC."""
    text = text.strip()
    if not text:
        return None
    try:
        moment = datetime.combine(date.fromisoformat(text), time()) if len(text) == 10 else datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise WrongParameter(message("modified_after must be a date like 2026-11-21.")) from problem


def _near(values: Mapping[str, str]) -> Point | None:
    """Return where somebody asks from."""
    latitude, longitude = _number(values, "latitude", -90, 90), _number(values, "longitude", -180, 180)
    if (latitude is None) != (longitude is None):
        raise WrongParameter(message("latitude and longitude go together."))
    return None if latitude is None or longitude is None else Point(latitude=latitude, longitude=longitude)


def _offers(text: str) -> frozenset[str]:
    """Return codes of our terms."""
    codes = frozenset(code.strip().lower() for code in text.split(",") if code.strip())
    unknown = sorted(codes - BY_CODE.keys())
    if unknown:
        raise WrongParameter(
            message("There is no term %(code)s. Terms are: %(terms)s.", code=unknown[0], terms=", ".join(BY_CODE))
        )
    return codes
