"""Made-up services around the demonstration programme, brought in as any directory is."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.directory.actions import Origin, index_services, save_bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.models import Closure, Service
from harmreduction.directory.terms_as_attributes import with_terms

HOME_PLACE = "town-baltimore-md"
LANGUAGES = {"en": "English", "es": "Spanish"}
TIME_ZONE = "America/New_York"
RANGE = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def add_services(*, by: Actor, at: datetime) -> None:
    """Add the made-up services, and close one of them for a week."""
    with resources.files("harmreduction.data").joinpath("demo_services.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        bundle = split(_document(row, today(TIME_ZONE, at)), "service")
        confidential = set(bundle.locations) if row["special"] == "confidential" else set()
        save_bundle(bundle, Origin(by=by, at=at, deed="entered", confidential=confidential))
    _close_for_a_week([_id("service", row["name"]) for row in rows if row["special"].startswith("closed")], by, at)


def _document(row: dict[str, str], day: date) -> dict[str, Any]:
    """Return a row as nested HSDS JSON; what is empty is left out."""
    name = row["name"]
    document = {
        "id": _id("service", name),
        "name": name,
        "description": row["about"],
        "status": "active",
        "application_process": row["start"],
        "eligibility_description": row["eligibility"],
        "assured_date": (day - timedelta(days=int(row["checked_days_ago"] or 0))).isoformat(),
        "organization": {
            "id": _id("organization", row["organization"]),
            "name": row["organization"],
            "description": "Made up for the demonstration.",
        },
        "phones": [{"id": _id("phone", name), "number": row["phone"], "type": "voice"}] if row["phone"] else [],
        "schedules": list(_schedules(row, day)),
        "languages": [
            {"id": _id("language", f"{name} {code}"), "name": LANGUAGES[code], "code": code}
            for code in row["languages"].split()
        ],
        "required_documents": (
            [{"id": _id("document", name), "document": row["documents"]}] if row["documents"] else []
        ),
        "service_at_locations": [_at_its_place(row)] if row["special"] != "no place" else [],
    }
    if not row["checked_days_ago"]:
        del document["assured_date"]
    return with_terms({key: value for key, value in document.items() if value not in ("", [])}, row["offers"].split())


def _at_its_place(row: dict[str, str]) -> dict[str, Any]:
    """Return the service at its place; a corner without a street address has none."""
    name = row["name"]
    location: dict[str, Any] = {
        "id": _id("location", name),
        "location_type": "physical",
        "name": name,
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
    }
    if row["transport"]:
        location["transportation"] = row["transport"]
    if row["address"]:
        location["addresses"] = [
            {
                "id": _id("address", name),
                "address_1": row["address"],
                "city": "Baltimore",
                "state_province": "MD",
                "postal_code": "21201",
                "country": "US",
                "address_type": "physical",
            }
        ]
    return {"id": _id("service_at_location", name), "location": location}


def _schedules(row: dict[str, str], day: date) -> Iterator[dict[str, Any]]:
    """Return hours written like "MO,TU 09:00-17:00;1SA 10:00-14:00" or "every 2 weeks WE 15:00-19:00"."""
    for number, written in enumerate(filter(None, row["hours"].split(";"))):
        days, _, hours = written.strip().rpartition(" ")
        opens, closes = RANGE.fullmatch(hours).groups()  # type: ignore[union-attr]
        every_second = days.startswith("every 2 weeks ")
        days = days.removeprefix("every 2 weeks ")
        schedule: dict[str, Any] = {
            "id": _id("schedule", f"{row['name']} {number}"),
            "freq": "MONTHLY" if days[0].isdigit() else "WEEKLY",
            "byday": days,
            "opens_at": f"{opens}:00",
            "closes_at": f"{closes}:00",
        }
        if every_second:
            schedule |= {"interval": 2, "dtstart": (day - timedelta(days=day.weekday() + 7)).isoformat()}
        yield schedule


def _close_for_a_week(hsds_ids: list[str], by: Actor, at: datetime) -> None:
    """Close services from the next Monday for a week."""
    day = today(TIME_ZONE, at)
    monday = day + timedelta(days=7 - day.weekday())
    ids = list(db.session.scalars(select(Service.id).where(Service.hsds_id.in_(hsds_ids))))
    db.session.add_all(
        Closure(
            service_id=service_id,
            from_day=monday,
            until_day=monday + timedelta(days=6),
            reason="The team is in training",
            made_at=at,
            made_by=by.label,
        )
        for service_id in ids
    )
    db.session.flush()
    index_services(ids, at=at)


def _id(table: str, name: str) -> str:
    """Return an id that is the same in every demonstration."""
    return str(uuid5(NAMESPACE_DNS, f"demonstration {table} {name}"))
