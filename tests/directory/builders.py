"""Believable services for tests. No name here is a person's."""

import itertools
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.directory.actions import Origin, save_bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.models import DirectorySource, Service
from harmreduction.directory.terms_as_attributes import with_terms
from tests.factories import SYSTEM

_numbers = itertools.count(1)
WEEKDAYS = "MO,TU,WE,TH,FR"
BALTIMORE = (39.2904, -76.6122)


def some_id(name: object) -> str:
    """Return an id that is the same for the same name."""
    return str(uuid5(NAMESPACE_DNS, f"test {name}"))


def schedule(byday: str = WEEKDAYS, opens: str = "09:00:00", closes: str = "17:00:00", **more: Any) -> dict[str, Any]:
    """Return weekly hours as HSDS has them."""
    return {
        "id": some_id(f"schedule {next(_numbers)}"),
        "freq": "WEEKLY",
        "byday": byday,
        "opens_at": opens,
        "closes_at": closes,
        **more,
    }


def service_document(
    name: str = "Union St exchange",
    *,
    at: tuple[float, float] | None = BALTIMORE,
    offers: tuple[str, ...] = ("naloxone", "syringes"),
    schedules: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a service as nested HSDS JSON, with one place; `at` is its latitude and longitude."""
    number = next(_numbers)
    key = more.pop("id", some_id(f"{name} {number}"))
    location: dict[str, Any] = {
        "id": some_id(f"place {key}"),
        "location_type": "physical",
        "name": f"{name}, front door",
        "addresses": [
            {
                "id": some_id(f"address {key}"),
                "address_1": f"{number} Example St",
                "city": "Baltimore",
                "state_province": "MD",
                "postal_code": "21201",
                "country": "US",
                "address_type": "physical",
            }
        ],
    }
    if at is not None:
        location |= {"latitude": at[0], "longitude": at[1]}
    document = {
        "id": key,
        "name": name,
        "description": "Supplies and somebody to talk to.",
        "status": "active",
        "organization": {"id": some_id("org"), "name": "Example Harm Reduction", "description": "A programme."},
        "phones": [{"id": some_id(f"phone {key}"), "number": "410-555-0100", "type": "voice"}],
        "schedules": [schedule()] if schedules is None else schedules,
        "service_at_locations": [{"id": some_id(f"pair {key}"), "location": location}],
        **more,
    }
    return with_terms(document, set(offers))


def make_source(name: str = "Example 211") -> DirectorySource:
    """Add a source of records."""
    with transaction():
        source = DirectorySource(name=name, namespace=some_id(name), created_at=now())
        db.session.add(source)
    return source


def save(
    *documents: dict[str, Any],
    at: datetime | None = None,
    source: DirectorySource | None = None,
    confidential: bool = False,
) -> list[str]:
    """Save services, and return their HSDS ids."""
    for document in documents:
        bundle = split(document, "service")
        origin = Origin(
            by=SYSTEM,
            at=at or now(),
            deed="imported" if source else "entered",
            source_id=source.id if source else None,
            confidential=set(bundle.locations) if confidential else (),
        )
        save_bundle(bundle, origin)
    return [document["id"] for document in documents]


def make_service(name: str = "Union St exchange", **options: Any) -> Service:
    """Save one service, and return its row."""
    confidential = options.pop("confidential", False)
    source = options.pop("source", None)
    (hsds_id,) = save(service_document(name, **options), confidential=confidential, source=source)
    return db.session.scalars(select(Service).where(Service.hsds_id == hsds_id)).one()
