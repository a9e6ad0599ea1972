"""Believable services and referrals for tests; nobody is named."""

import re
from datetime import date
from typing import Any

from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now, today
from harmreduction.core.db import Base, db, new_id, transaction
from harmreduction.directory.models import Service, ServiceAtLocation, ServiceLocation
from harmreduction.directory.terms_as_attributes import term_attribute
from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.following import Contact, NewReferral, Step
from harmreduction.referrals.rules.kinds import Channel, Need, State
from harmreduction.referrals.rules.sharing import Agreement, Shared
from harmreduction.sites.models import Site
from tests.factories import SYSTEM, TIME_ZONE

STREET = "12 Heron Street"
BY_THE_BRIDGE = "most mornings by the north bridge"
CONTACT = Contact(is_allowed=True, channel=Channel.PEER, hours="mornings", finding=BY_THE_BRIDGE)


def make_service(name: str = "Heron Clinic", *, is_confidential: bool = False, offers: tuple[str, ...] = ()) -> Service:
    """Add a service at one place with hours, a number and a paper to bring."""
    service_id, place_id, pair_id = new_id(), new_id(), new_id()
    documents = [{"id": new_id(), "document": "A letter, if you have one"}]
    address = {"id": new_id(), "address_1": STREET, "city": "Durham", "state_province": "NC", "postal_code": "27701"}
    address |= {"country": "US", "address_type": "physical"}
    phones = [{"id": new_id(), "number": "555 0100"}]
    hours = [{"id": new_id(), "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00:00", "closes_at": "17:00:00"}]
    with transaction():
        service = Service(
            hsds_id=service_id,
            name=name,
            document={
                "id": service_id,
                "name": name,
                "status": "active",
                "required_documents": documents,
                "attributes": [term_attribute(service_id, code) for code in offers],
            },
            changed_at=now(),
        )
        place = ServiceLocation(
            hsds_id=place_id,
            document={"id": place_id, "location_type": "physical", "addresses": [address], "phones": phones},
            time_zone=TIME_ZONE,
            is_confidential=is_confidential,
            changed_at=now(),
        )
        db.session.add_all([service, place])
        db.session.flush()
        pair = {"id": pair_id, "schedules": hours}
        db.session.add(
            ServiceAtLocation(
                hsds_id=pair_id, document=pair, service_id=service.id, location_id=place.id, changed_at=now()
            )
        )
    return service


def make_referral(site: Site, service: Service | None = None, *, by: Actor = SYSTEM, **told: Any) -> Referral:
    """Make a referral at a site."""
    at = told.pop("at", None) or now()
    fields: dict[str, Any] = {"client_id": new_id(), "site_id": site.id, "need": Need.HOUSING} | told
    if service is not None:
        fields["service_id"] = service.id
    return actions.make_referral(NewReferral(**fields), by=by, at=at)


def tell(referral: Referral, state: State, *, by: Actor = SYSTEM, **told: Any) -> Step:
    """Say what became of a referral, today unless told otherwise."""
    fields: dict[str, Any] = {"client_id": new_id(), "state": state, "happened_on": today(TIME_ZONE)} | told
    step = Step(**fields)
    actions.take_step(referral.public_id, step, by=by, at=now())
    return step


def share(referral: Referral, *, until: date, by: Actor = SYSTEM, **told: Any) -> tuple[Agreement, str]:
    """Share a referral as agreed, and return the agreement with the token of its link."""
    fields: dict[str, Any] = {
        "client_id": new_id(),
        "shared_with": "Heron Clinic",
        "items": frozenset[Shared](),
        "ends_on": until,
    } | told
    agreement = Agreement(**fields)
    return agreement, actions.share_referral(referral.public_id, agreement, by=by, at=now())


def read_again(referral: Referral) -> Referral:
    """Return a referral as the database has it now."""
    db.session.rollback()
    return queries.get_referral(SYSTEM, referral.public_id)


def count_events(event: str, referral: Referral | None = None) -> int:
    """Return how often something is in the audit trail."""
    found = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == event)
    if referral is not None:
        found = found.where(AuditEntry.subject == referral.public_id)
    return db.session.scalar(found) or 0


def count(model: type[Base]) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def hidden(html: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    assert found is not None, name
    return found[1]
