"""A count, a shift, a van and a machine at a place's site, for tests that walk all addresses."""

from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.stock import actions
from harmreduction.stock.actions.counts import start_count
from harmreduction.stock.actions.shifts import LoadOut, load_out
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import LocationKind
from tests.factories import SYSTEM, days_from_now


def counted_things(place: StockLocation) -> dict[str, str]:
    """Begin a count at a place and a shift with a backpack, and return how addresses name them."""
    out = _open(place, LocationKind.BACKPACK)
    load = LoadOut(
        client_id=new_id(),
        location_id=out.id,
        source_location_id=place.id,
        items={},
        at=now(),
        today=days_from_now(0),
    )
    load_out(load, by=SYSTEM)
    return {
        "count_id": start_count(new_id(), place.id, by=SYSTEM).public_id,
        "shift_id": load.client_id,
        "van_id": _open(place, LocationKind.VAN).public_id,
        "point_id": _open(place, LocationKind.VENDING_MACHINE).public_id,
    }


def _open(place: StockLocation, kind: LocationKind) -> StockLocation:
    """Open a place of a kind at the site of another one."""
    return actions.open_location(f"{kind} {new_id()[:8]} of {place.name}", kind, site_id=place.site_id, by=SYSTEM)
