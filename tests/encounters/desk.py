"""A front desk for tests: somebody arrives, with or without a code."""

from typing import Any

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.encounters.actions.queue import Drawn, add_to_queue
from harmreduction.encounters.rules.queue import Arrival
from harmreduction.sites.models import Site
from tests.factories import SYSTEM


def arrive(site: Site, *, by: Actor = SYSTEM, **changes: Any) -> Drawn:
    """Draw a ticket for somebody who arrives, now unless `at` says when."""
    at = changes.pop("at", None) or now()
    fields: dict[str, Any] = {"client_id": new_id(), "site_id": site.id, "time_zone": site.time_zone} | changes
    return add_to_queue(Arrival(**fields), by=by, at=at)


def queue_things(site: Site) -> dict[str, str]:
    """Let somebody arrive at a site, and return how addresses name their ticket."""
    return {"entry_id": arrive(site).public_id}
