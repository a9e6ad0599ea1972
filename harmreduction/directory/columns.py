"""What the tables repeat of a record's document, so that queries can search and join by it."""

from datetime import date
from typing import Any

from harmreduction.directory.hsds.bundle import Record
from harmreduction.directory.hsds.structure import Document, RootKind
from harmreduction.directory.hsds.values import read_date
from harmreduction.directory.zones import zone_of

NAME_LENGTH = 300
STATUSES = ("active", "inactive", "defunct", "temporarily closed")
ZONED_COUNTRIES = {"", "US", "USA", "CA", "CAN"}


def columns_of(kind: RootKind, record: Record, ids: dict[RootKind, dict[str, int]]) -> dict[str, Any]:
    """Return the columns of a record beside its document; `ids` are the row ids of records by kind and HSDS id."""
    document = record.document
    organization = ids.get("organization", {}).get(record.organization_id or "")
    if kind == "organization":
        return {"name": _name(document), "location_ids": list(record.location_ids)}
    if kind == "location":
        return {"name": _name(document), "organization_id": organization, **_place(document)}
    if kind == "service":
        return {"name": _name(document), "organization_id": organization, "status": _status(document)}
    if kind == "service_at_location":
        return {
            "service_id": ids["service"].get(record.service_id or ""),
            "location_id": ids["location"].get(record.location_id or ""),
        }
    if kind == "taxonomy":
        return {"name": _name(document)}
    return {
        "name": _name(document),
        "code": str(document.get("code") or "")[:80],
        "taxonomy_id": ids["taxonomy"].get(_taxonomy_of(document) or ""),
        "parent_hsds_id": document.get("parent_id"),
    }


def checked_on(document: Document) -> date | None:
    """Return the day on which a service's source says that it was last checked."""
    return read_date(str(document.get("assured_date") or ""))


def position_in(document: Document) -> tuple[float | None, float | None]:
    """Return the latitude and longitude of a location's document, or nothing where they cannot be."""
    latitude, longitude = document.get("latitude"), document.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None, None
    possible = -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0)
    return (float(latitude), float(longitude)) if possible else (None, None)


def first_address(document: Document) -> Document:
    """Return the address to go to: the first physical one, else the first of any kind, else an empty one."""
    addresses = [address for address in document.get("addresses") or [] if isinstance(address, dict)]
    physical = [address for address in addresses if address.get("address_type") == "physical"]
    return (physical or addresses or [{}])[0]


def _place(document: Document) -> dict[str, Any]:
    """Return where a location is."""
    latitude, longitude = position_in(document)
    address = first_address(document)
    postal_code = str(address.get("postal_code") or "")[:20]
    return {
        "postal_code": postal_code,
        "latitude": latitude,
        "longitude": longitude,
        "time_zone": _zone(address, latitude, longitude),
    }


def _zone(address: Document, latitude: float | None, longitude: float | None) -> str | None:
    """Return the time zone of an address in the United States or Canada; of others nothing is known."""
    country = str(address.get("country") or "").strip().upper()
    if country not in ZONED_COUNTRIES:
        return None
    return zone_of(str(address.get("state_province") or ""), longitude, latitude)


def _name(document: Document) -> str:
    """Return the name as far as the column takes it."""
    return str(document.get("name") or "")[:NAME_LENGTH]


def _status(document: Document) -> str:
    """Return one of the four states of HSDS; a source that says nothing lists what is there."""
    status = str(document.get("status") or "").strip().lower()
    return status if status in STATUSES else "active"


def _taxonomy_of(document: Document) -> str | None:
    """Return the HSDS id of the list that a term belongs to."""
    detail = document.get("taxonomy_detail")
    return document.get("taxonomy_id") or (detail.get("id") if isinstance(detail, dict) else None)
