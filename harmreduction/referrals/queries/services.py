"""Read which service a referral leads to, and its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.models import Organization, Service, ServiceAtLocation
from harmreduction.directory.queries import list_service_views
from harmreduction.directory.view import Phone, ServiceView
from harmreduction.referrals.models import Referral


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service, perhaps at one of its places: rows and HSDS ids, and what it is called."""

    service_id: int
    service_hsds_id: str
    name: str
    organization_name: str
    service_at_location_id: int | None = None
    place_hsds_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Called:
    """Whom to call about a referral: a service by its HSDS id, and its numbers, those of the place first."""

    service_hsds_id: str
    phones: tuple[Phone, ...]


def find_target(service: str, place: str = "") -> Target | None:
    """Return the service of an address, by HSDS ids; None without one, and NotFound when it is not in the directory.

    One that was merged into another leads to that other, and on to the last; a place that is not its own is left aside.
    """
    if not service:
        return None
    row = db.session.scalar(select(Service).where(Service.hsds_id == service))
    if row is None:
        raise NotFound(message("This service is not in the directory."))
    while row.merged_into_id is not None:
        row, place = db.session.get_one(Service, row.merged_into_id), ""
    pair = db.session.scalar(
        select(ServiceAtLocation).where(ServiceAtLocation.hsds_id == place, ServiceAtLocation.service_id == row.id)
    )
    return _target(row, pair)


def target_of(referral: Referral) -> Target | None:
    """Return the service that a referral leads to, if it leads to one."""
    if referral.service_id is None:
        return None
    pair_id = referral.service_at_location_id
    pair = None if pair_id is None else db.session.get(ServiceAtLocation, pair_id)
    return _target(db.session.get_one(Service, referral.service_id), pair)


def list_called(referrals: Iterable[Referral], *, at: datetime) -> dict[int, Called]:
    """Return whom to call about each referral that leads to a service, by the row id of the referral."""
    led = [(referral, referral.service_id) for referral in referrals if referral.service_id is not None]
    service_ids = list(dict.fromkeys(service_id for _referral, service_id in led))
    views = dict(zip(service_ids, list_service_views(service_ids, for_staff=True, at=at), strict=True))
    pairs = _pair_ids([referral for referral, _service_id in led])
    return {
        referral.id: _called(views[service_id], pairs.get(referral.service_at_location_id or 0))
        for referral, service_id in led
    }


def _called(view: ServiceView, pair_id: str | None) -> Called:
    """Return the numbers of the place that was chosen, or of every place, and those of the service, each once."""
    chosen = [place for place in view.places if place.pair_id == pair_id] or view.places
    found = [phone for place in chosen for phone in place.phones] + list(view.phones)
    phones = {phone.number: phone for phone in reversed(found)}
    return Called(service_hsds_id=view.hsds_id, phones=tuple(reversed(phones.values())))


def _pair_ids(referrals: Sequence[Referral]) -> dict[int, str]:
    """Return the HSDS ids of the places that were chosen, by their rows."""
    wanted = {referral.service_at_location_id for referral in referrals} - {None}
    found = db.session.execute(
        select(ServiceAtLocation.id, ServiceAtLocation.hsds_id).where(ServiceAtLocation.id.in_(wanted))
    )
    return {row_id: hsds_id for row_id, hsds_id in found}


def _target(service: Service, pair: ServiceAtLocation | None) -> Target:
    """Return a service with the name of who runs it."""
    organization = db.session.get(Organization, service.organization_id) if service.organization_id else None
    return Target(
        service_id=service.id,
        service_hsds_id=service.hsds_id,
        name=service.name,
        organization_name=organization.name if organization is not None else "",
        service_at_location_id=pair.id if pair is not None else None,
        place_hsds_id=pair.hsds_id if pair is not None else "",
    )
