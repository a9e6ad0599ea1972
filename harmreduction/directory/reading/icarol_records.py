"""The rows of a 211 export as HSDS documents: agency → organization, program → service, site → location."""

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from harmreduction.directory.hsds.bundle import Record
from harmreduction.directory.hsds.checks import is_email
from harmreduction.directory.reading.addresses import Address, country_code, state_code
from harmreduction.directory.reading.cells import joined, phones_in
from harmreduction.directory.reading.places import Places
from harmreduction.directory.reading.positions import read_position
from harmreduction.directory.reading.postal import read_postal_code
from harmreduction.directory.reading.records import Document, Maker, filled
from harmreduction.directory.reading.words import terms_in
from harmreduction.directory.terms_as_attributes import crosswalk_codes, with_terms

TAXONOMY_OF_211 = "211 LA County Taxonomy of Human Services"
Cells = Mapping[str, str]

_BETWEEN = re.compile(r"\s*[;|*\n]\s*|\s*,\s*(?=[A-Z]{1,2}-\d)")
_PHONES = re.compile(r"phone(\d+number|fax|tty|tollfree|number\w+)")
_PHONE_TYPES = {"fax": "fax", "tty": "textphone"}
_READ = re.compile(
    r"resourceagencynum|publicname|taxonomylevelname|parentagency(num)?|physical.*|latitude|longitude|hoursofoperation|hours"
    r"|phone.*|emailaddressmain|websiteaddress|agencydescription|feestructuresource|applicationprocess|eligibility"
    r"|documentsrequired|languagesoffered(list)?|disabilitiesaccess|taxonom(y|ies|ycodes|yterms?)|connectsto.*|agencystatus"
    r"|mailing.*|other(address|city|county|state|postal|country).*"
)


class Level(StrEnum):
    """What a row of the export is about."""

    AGENCY = "agency"
    PROGRAM = "program"
    SITE = "site"
    PROGRAM_AT_SITE = "programatsite"


def level_of(cells: Cells) -> Level:
    """Return what a row is about; a row without a level is an agency if it has no parent, else a program."""
    named = re.sub(r"[^a-z]", "", cells.get("taxonomylevelname", "").lower())
    for level in Level:
        if level.value == named:
            return level
    return Level.PROGRAM if numbers_in(cells.get("parentagencynum", "")) else Level.AGENCY


def numbers_in(text: str) -> list[str]:
    """Return the numbers of other rows that a cell names; 0 is none."""
    return [number for number in re.split(r"[;,|\s]+", text) if number.strip("0")]


class Builder:
    """Makes records of rows; each id comes from the number that the export has for it."""

    def __init__(self, namespace: UUID, places: Places) -> None:
        self._namespace = namespace
        self._places = places

    def organization(self, number: str, cells: Cells) -> Record:
        """Return an agency, or what a program says of its own."""
        name = cells.get("publicname") or cells.get("parentagency") or number
        document = filled(
            id=self._maker(number).id("organization"),
            name=name,
            description=cells.get("agencydescription") or name,
            email=_email(cells),
            website=_website(cells),
            phones=self._phones(number, cells),
            source_row=_rest(cells),
        )
        return Record(id=document["id"], document=document, source_key=f"ResourceAgencyNum|{number}"[:160])

    def service(self, number: str, cells: Cells) -> Record:
        """Return a program."""
        maker = self._maker(number)
        key = maker.id("service")
        document = filled(
            id=key,
            name=cells.get("publicname") or cells.get("parentagency") or number,
            status="inactive" if cells.get("agencystatus", "").lower().startswith("inactive") else "active",
            description=cells.get("agencydescription"),
            url=_website(cells),
            email=_email(cells),
            application_process=cells.get("applicationprocess"),
            eligibility_description=cells.get("eligibility"),
            fees_description=cells.get("feestructuresource"),
            phones=self._phones(number, cells),
            schedules=maker.schedules(cells.get("hoursofoperation") or cells.get("hours", "")),
            languages=maker.languages(cells.get("languagesofferedlist") or cells.get("languagesoffered", "")),
            required_documents=self._documents(maker, cells),
            attributes=self._attributes(key, cells),
            source_row=_rest(cells),
        )
        words = joined((cells.get("taxonomyterms", ""), cells.get("taxonomyterm", "")))
        document = with_terms(document, crosswalk_codes(document) | terms_in(words))
        return Record(id=key, document=document, source_key=f"ResourceAgencyNum|{number}"[:160])

    def location(self, number: str, cells: Cells, *, is_private: bool) -> tuple[Record | None, bool]:
        """Return the place of a row, and whether its position is only the middle of its ZIP area or town."""
        address = Address() if is_private else self._address(cells)
        near = self._places.zip_area(address.postal_code[:5]) or self._places.town(address.city, address.state)
        found = read_position(cells.get("latitude", ""), cells.get("longitude", ""), is_default=False, near=near)
        if not is_private and not address.line and found.position is None:
            return None, False
        middle = self._places.middle(near) if found.position is None else None
        document = self._maker(number).location(
            name=cells.get("publicname", ""),
            description="" if address.is_whole else address.line,
            address=address,
            position=found.position or middle,
        )
        if access := cells.get("disabilitiesaccess"):
            document["accessibility"] = [{"id": self._maker(number).id("accessibility"), "description": access}]
        record = Record(id=document["id"], document=document, source_key=f"ResourceAgencyNum|{number}"[:160])
        return record, middle is not None

    def pair_id(self, service: Record, location: Record) -> str:
        """Return the id of a service at a location."""
        return str(uuid5(self._namespace, f"service_at_location|{service.id}|{location.id}"))

    def _maker(self, number: str) -> Maker:
        return Maker(self._namespace, number)

    def _address(self, cells: Cells) -> Address:
        state = state_code(cells.get("physicalstateprovince", ""))
        code = read_postal_code(cells.get("physicalpostalcode", ""), "", state, self._places)
        street = cells.get("physicaladdress1") or cells.get("physicaladdress", "")
        address = Address(street=street, street_2=cells.get("physicaladdress2", ""), city=cells.get("physicalcity", ""))
        country = country_code(cells.get("physicalcountry", ""), state)
        county = cells.get("physicalcounty", "")
        return replace(address, county=county, state=state, postal_code=code.code, country=country)

    def _phones(self, number: str, cells: Cells) -> list[Document]:
        found: list[Document] = []
        for column, cell in cells.items():
            if not (named := _PHONES.fullmatch(column)) or column.endswith(("description", "type", "name")):
                continue
            stem = column.removesuffix("number")
            about = joined((cells.get(f"{stem}name", ""), cells.get(f"{stem}description", "")), ": ")
            for phone in self._maker(f"{number}|{column}").phones(phones_in(cell)):
                kind = "fax" if about.lower().startswith("fax") else _PHONE_TYPES.get(named[1], "voice")
                found.append(phone | {"type": kind} | ({"description": about} if about else {}))
        return found

    def _documents(self, maker: Maker, cells: Cells) -> list[Document]:
        text = cells.get("documentsrequired", "")
        return [{"id": maker.id("required_document"), "document": text}] if text else []

    def _attributes(self, service_id: str, cells: Cells) -> list[Document]:
        """Return the codes of the row as attributes; names stand beside them where there are as many."""
        codes = _listed(cells, "taxonomycodes")
        names = _listed(cells, "taxonomyterms") or _listed(cells, "taxonomyterm")
        named = names if len(names) == len(codes) else codes
        return [self._attribute(service_id, code, name) for code, name in dict(zip(codes, named, strict=True)).items()]

    def _attribute(self, service_id: str, code: str, name: str) -> Document:
        term: dict[str, Any] = {
            "id": str(uuid5(self._namespace, f"taxonomy_term|{code}")),
            "code": code,
            "name": name,
            "description": name,
            "taxonomy": TAXONOMY_OF_211,
        }
        key = str(uuid5(self._namespace, f"attribute|{service_id}|{code}"))
        return {"id": key, "label": name, "link_type": "taxonomy_term", "taxonomy_term": term}


def _listed(cells: Cells, column: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cells.get(column, "")) if part.strip()]


def _email(cells: Cells) -> str:
    text = cells.get("emailaddressmain", "")
    return text if is_email(text) else ""


def _website(cells: Cells) -> str:
    text = cells.get("websiteaddress", "")
    if not text or " " in text or re.match(r"(?!https?:)[a-z]+:", text, re.IGNORECASE):
        return ""
    return text if text.lower().startswith(("http://", "https://")) else f"https://{text}"


def _rest(cells: Cells) -> dict[str, str] | None:
    """Return what has no place in HSDS, so that it goes out again."""
    return {column: cell for column, cell in cells.items() if not _READ.fullmatch(column)} or None
