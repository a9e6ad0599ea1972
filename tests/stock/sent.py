"""A partner of a place and a shipment on the way to them, for tests that walk all addresses."""

from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.stock import actions
from harmreduction.stock.actions.shipments import Sending, send
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import LocationKind
from tests.factories import SYSTEM, receive


def make_partner(place: StockLocation, name: str = "Harbor clinic") -> StockLocation:
    """Open the place of a partner agency at the site of another place."""
    return actions.open_location(name, LocationKind.PARTNER_AGENCY, site_id=place.site_id, by=SYSTEM)


def sent_things(place: StockLocation) -> dict[str, str]:
    """Send supplies from a place to a partner, and return how addresses name both."""
    partner = make_partner(place, f"Partner {new_id()[:8]} of {place.name}")
    lot = receive(place, 20, lot="SENT")
    sending = Sending(
        client_id=new_id(),
        from_location_id=place.id,
        to_location_id=partner.id,
        lots=((lot.id, 5),),
        occurred_at=now(),
    )
    send(sending, by=SYSTEM)
    return {"partner_id": partner.public_id, "shipment_id": sending.client_id}
