"""A service as a person enters it, and back into its HSDS documents; whatever is not entered stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from harmreduction.directory.columns import first_address
from harmreduction.directory.editing_hours import HoursEntry, edited_schedules, hours_entry_of
from harmreduction.directory.hsds.ids import content_id
from harmreduction.directory.hsds.structure import Document
from harmreduction.directory.language_names import language_document, languages_in
from harmreduction.directory.terms_as_attributes import codes_in, with_only_terms
from harmreduction.directory.view import objects, text, texts

ADDRESS = ("address_1", "address_2", "city", "state_province", "postal_code", "country")
SERVICE_TEXTS = {
    "name": "name",
    "about": "description",
    "alert": "alert",
    "website": "url",
    "email": "email",
    "eligibility": "eligibility_description",
    "how_to_start": "application_process",
    "cost": "fees_description",
}
HOLDERS = ("service", "pair", "place")


@dataclass(frozen=True, kw_only=True)
class Documents:
    """The documents that one page is about: a service, who runs it, and one of its places, if it has any."""

    service: Document
    organization: Document = field(default_factory=dict)
    pair: Document = field(default_factory=dict)
    place: Document = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PhoneRow:
    """A number; holder and number say where it stands, in which document and list. No holder: a new one."""

    phone: str
    kind: str = ""
    about: str = ""
    holder: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class PlaceEntry:
    """A place as entered; a confidential one is shown to staff alone."""

    name: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state_province: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_confidential: bool = False
    how_to_get_there: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to find a place by."""
        has_words = any((self.name, self.address_1, self.address_2, self.city, self.postal_code, self.how_to_get_there))
        return not has_words and self.latitude is None


@dataclass(frozen=True, kw_only=True)
class ServiceEntry:
    """A service as a finder needs it; terms are codes of `rules/terms.py`, languages names or codes."""

    name: str
    organization_name: str = ""
    about: str = ""
    status: str = "active"
    alert: str = ""
    website: str = ""
    email: str = ""
    eligibility: str = ""
    how_to_start: str = ""
    cost: str = ""
    terms: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    phones: tuple[PhoneRow, ...] = ()
    place: PlaceEntry = field(default_factory=PlaceEntry)
    hours: HoursEntry = field(default_factory=HoursEntry)


def entry_from(documents: Documents, *, status: str, is_confidential: bool) -> ServiceEntry:
    """Return documents as the form shows them."""
    words = {name: text(documents.service, key) for name, key in SERVICE_TEXTS.items()}
    return ServiceEntry(
        **words,
        organization_name=text(documents.organization, "name"),
        status=status,
        terms=frozenset(codes_in(documents.service) | _said_elsewhere(documents)),
        languages=tuple(languages_in(documents.service)),
        documents=tuple(texts(documents.service.get("required_documents"), "document")),
        phones=tuple(_phone_rows(documents)),
        place=_place_entry(documents.place, is_confidential=is_confidential),
        hours=hours_entry_of(objects_of(getattr(documents, hours_holder(documents)), "schedules")),
    )


def edited(documents: Documents, entry: ServiceEntry) -> Documents:
    """Return the documents with what was entered; a place that is not there yet needs one with an id first."""
    service = _edited_service(documents, entry)
    edits = {
        "service": service,
        "pair": dict(with_only_terms(documents.pair, entry.terms, may_add=False)),
        "place": dict(with_only_terms(_edited_place(documents.place, entry.place), entry.terms, may_add=False)),
    }
    for holder in HOLDERS:
        _put_list(edits[holder], "phones", _edited_phones(edits[holder], holder, entry))
    holder = hours_holder(documents)
    schedules = objects_of(edits[holder], "schedules")
    _put_list(edits[holder], "schedules", edited_schedules(schedules, entry.hours, str(service["id"])))
    return Documents(organization=documents.organization, **edits)


def hours_holder(documents: Documents) -> str:
    """Return which document's hours hold, in the order of `schedules_of`; where none has any, the nearest to the door.

    The name is one of HOLDERS.
    """
    for holder in ("pair", "service", "place"):
        if getattr(documents, holder).get("schedules"):
            return holder
    return "pair" if documents.pair else "service"


def objects_of(document: Document, name: str) -> list[Document]:
    """Return the objects of a list in a document."""
    return [dict(item) for item in objects(document.get(name))]


def _edited_service(documents: Documents, entry: ServiceEntry) -> Document:
    """Return the document of the service."""
    service = dict(documents.service)
    for name, key in SERVICE_TEXTS.items():
        _put(service, key, getattr(entry, name))
    if text(service, "status").lower() != entry.status:
        service["status"] = entry.status
    elsewhere = _said_elsewhere(documents)
    if "free" not in entry.terms and _costs_nothing(service):
        _put_list(service, "cost_options", [])
    service = dict(with_only_terms(service, entry.terms - (elsewhere - codes_in(service))))
    _put_list(service, "languages", _edited_languages(service, entry))
    _put_list(service, "required_documents", _edited_documents(service, entry))
    return service


def _said_elsewhere(documents: Documents) -> set[str]:
    """Return the terms that the place or the price says."""
    codes = codes_in(documents.pair) | codes_in(documents.place)
    return codes | {"free"} if _costs_nothing(documents.service) else codes


def _costs_nothing(service: Document) -> bool:
    """Say whether every price is 0, which means "free" as `bits_offered` reads it."""
    amounts = [cost.get("amount") for cost in objects(service.get("cost_options"))]
    return bool(amounts) and all(amount == 0 for amount in amounts)


def _edited_languages(service: Document, entry: ServiceEntry) -> list[Document]:
    """Return the languages entered, those that were there as they were."""
    known = {name: item for item in objects_of(service, "languages") for name in languages_in({"languages": [item]})}
    return [known.get(name) or language_document(name, str(service["id"])) for name in dict.fromkeys(entry.languages)]


def _edited_documents(service: Document, entry: ServiceEntry) -> list[Document]:
    """Return what to bring, line by line; lines that were there keep their id and whatever else they say."""
    known = {text(item, "document"): item for item in objects_of(service, "required_documents")}
    return [
        known.get(line) or _with_id("required_document", {"document": line}, service)
        for line in dict.fromkeys(entry.documents)
    ]


def _phone_rows(documents: Documents) -> list[PhoneRow]:
    """Return the numbers of a service and of the place."""
    return [
        PhoneRow(
            phone=text(phone, "number"),
            kind=text(phone, "type"),
            about=text(phone, "description"),
            holder=holder,
            number=number,
        )
        for holder in HOLDERS
        for number, phone in enumerate(objects(getattr(documents, holder).get("phones")))
    ]


def _edited_phones(document: Document, holder: str, entry: ServiceEntry) -> list[Document]:
    """Return the numbers of one document as entered; new ones belong to the service."""
    known = objects_of(document, "phones")
    rows = [row for row in entry.phones if row.phone and (row.holder or "service") == holder]
    kept = [
        _edited_phone(known[row.number], row)
        for row in sorted(rows, key=lambda row: row.number)
        if row.holder and row.number < len(known)
    ]
    new = [_with_id("phone", _edited_phone({}, row), document) for row in rows if not row.holder]
    return [*kept, *(phone for phone in new if phone not in kept)]


def _edited_phone(old: Document, row: PhoneRow) -> Document:
    """Return a number as entered."""
    phone = dict(old)
    _put(phone, "number", row.phone)
    _put(phone, "type", row.kind)
    _put(phone, "description", row.about)
    return phone


def _place_entry(place: Document, *, is_confidential: bool) -> PlaceEntry:
    """Return a place as the form shows it; a position that only the programme's gazetteer gave is not in it."""
    address = first_address(place)
    latitude, longitude = place.get("latitude"), place.get("longitude")
    has_position = isinstance(latitude, int | float) and isinstance(longitude, int | float)
    return PlaceEntry(
        **{name: text(address, name) for name in ADDRESS},
        name=text(place, "name"),
        latitude=latitude if has_position else None,
        longitude=longitude if has_position else None,
        is_confidential=is_confidential,
        how_to_get_there=text(place, "transportation"),
    )


def _edited_place(place: Document, entry: PlaceEntry) -> Document:
    """Return the document of the place; without one there is nothing to edit."""
    if not place:
        return {}
    made = dict(place)
    _put(made, "name", entry.name)
    _put(made, "transportation", entry.how_to_get_there)
    for name in ("latitude", "longitude"):
        if getattr(entry, name) is None:
            made.pop(name, None)
        else:
            made[name] = getattr(entry, name)
    _put_address(made, entry)
    return made


def _put_address(place: Document, entry: PlaceEntry) -> None:
    """Put the address where it stood among the addresses of a place; an empty one goes."""
    known, old = objects_of(place, "addresses"), dict(first_address(place))
    address = dict(old)
    for name in ADDRESS:
        _put(address, name, getattr(entry, name))
    says_where = any(getattr(entry, name) for name in ADDRESS if name != "country")
    others = [item for item in known if item != old]
    if not says_where:
        _put_list(place, "addresses", others)
    elif address != old:
        address.setdefault("address_type", "physical")
        made = address if "id" in address else _with_id("address", address, place)
        _put_list(place, "addresses", [made if item == old else item for item in known] if old else [made, *others])


def _with_id(table: str, document: Document, owner: Document) -> Document:
    """Return a new object with an id made from what it says and whose it is."""
    return {"id": content_id(table, document, UUID(str(owner["id"]))), **document}


def _put(document: Document, key: str, value: str) -> None:
    """Put a text into a document; the same words stay letter by letter, and an empty text takes its key away."""
    if text(document, key) == value:
        return
    if value:
        document[key] = value
    else:
        document.pop(key, None)


def _put_list(document: Document, key: str, items: Sequence[Any]) -> None:
    """Put a list into a document, unless it is the same; an empty one takes its key away."""
    if items == objects_of(document, key):
        return
    if items:
        document[key] = list(items)
    else:
        document.pop(key, None)
