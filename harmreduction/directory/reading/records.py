"""Building HSDS documents and records from what a row says; every id stays the same from reading to reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.reading.addresses import Address
from harmreduction.directory.reading.cells import Phone
from harmreduction.directory.reading.free_hours import read_hours
from harmreduction.directory.reading.places import Position
from harmreduction.directory.reading.words import languages_in
from harmreduction.directory.rules.terms import TAXONOMY_ID
from harmreduction.directory.terms_as_attributes import TAXONOMY, is_ours

Document = dict[str, Any]


@dataclass(frozen=True)
class Maker:
    """Makes documents of one row: `key` is the row's id within the file, `namespace` that of the file's source."""

    namespace: UUID
    key: str

    def id(self, table: str, *more: object) -> str:
        """Return the id of something of this row."""
        return str(uuid5(self.namespace, "|".join([table, self.key, *map(str, more)])))

    def phones(self, phones: Iterable[Phone]) -> list[Document]:
        """Return phones."""
        return [
            filled(
                id=self.id("phone", count),
                number=phone.number,
                extension=phone.extension,
                type="voice",
                description=phone.description,
            )
            for count, phone in enumerate(phones)
        ]

    def schedules(self, text: str) -> list[Document]:
        """Return hours in words as schedules, each with the words; only the words where they are not sure."""
        if not text:
            return []
        return [
            {"id": self.id("schedule", count)} | schedule | {"description": text}
            for count, schedule in enumerate(read_hours(text) or [{}])
        ]

    def languages(self, text: str) -> list[Document]:
        """Return the languages in a list."""
        return [
            filled(id=self.id("language", count), name=name, code=code)
            for count, (name, code) in enumerate(languages_in(text))
        ]

    def addresses(self, address: Address, kind: str = "physical") -> list[Document]:
        """Return an address if it is whole; half an address is none."""
        if not address.is_whole:
            return []
        return [
            filled(
                id=self.id("address", *(() if kind == "physical" else (kind,))),
                address_1=address.street,
                address_2=address.street_2,
                city=address.city,
                region=address.county,
                state_province=address.state,
                postal_code=address.postal_code,
                country=address.country,
                address_type=kind,
            )
        ]

    def contacts(self, name: str) -> list[Document]:
        """Return somebody to ask for; names never leave in public."""
        return [{"id": self.id("contact"), "name": name}] if name else []

    def location(self, *, name: str, description: str, address: Address, position: Position | None) -> Document:
        """Return a place."""
        return filled(
            id=self.id("location"),
            location_type="physical",
            name=name,
            description=description,
            latitude=position.latitude if position else None,
            longitude=position.longitude if position else None,
            addresses=self.addresses(address),
        )


def filled(**fields: Any) -> Document:
    """Return a document of the fields that say something; zero and false do."""
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != []}


def organization_id(namespace: UUID, name: str) -> str:
    """Return the id of an organisation that only its name tells from others."""
    return str(uuid5(namespace, f"organization|{' '.join(name.lower().split())}"))


def organization_record(namespace: UUID, name: str) -> Record:
    """Return an organisation of which only the name is known; HSDS asks for a description."""
    document = {"id": organization_id(namespace, name), "name": name, "description": name}
    return Record(id=document["id"], document=document, source_key=f"organization|{name}"[:160])


def bundle_of(*, organization: Record | None, service: Record, location: Record | None, pair_id: str) -> Bundle:
    """Return a service at a place with all that belongs to it."""
    bundle = Bundle()
    if organization:
        bundle.organizations[organization.id] = organization
        service.organization_id = organization.id
    bundle.services[service.id] = service
    if location:
        location.organization_id = service.organization_id
        bundle.locations[location.id] = location
        bundle.service_at_locations[pair_id] = Record(
            id=pair_id, document={"id": pair_id}, service_id=service.id, location_id=location.id
        )
    register_our_terms(bundle, service.document)
    return bundle


def register_our_terms(bundle: Bundle, document: Mapping[str, Any]) -> None:
    """Note our terms that a document names, and our taxonomy, as records of their own."""
    for attribute in document.get("attributes") or []:
        term = attribute.get("taxonomy_term") or {}
        if is_ours(term):
            bundle.taxonomy_terms[term["id"]] = Record(id=term["id"], document=term)
            bundle.taxonomies[TAXONOMY_ID] = Record(id=TAXONOMY_ID, document=TAXONOMY)
