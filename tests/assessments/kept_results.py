"""The result of an instrument that was kept, as addresses name it."""

from uuid import uuid4

from harmreduction.assessments.actions.instruments import keep_result
from harmreduction.assessments.rules.instruments.base import NO
from harmreduction.assessments.rules.instruments.keeping import Taken
from harmreduction.assessments.rules.instruments.riosord import CIP
from harmreduction.core.clock import now
from harmreduction.sites.models import Site
from tests.factories import SYSTEM
from tests.participants.stories import make_participant


def instrument_things(site: Site) -> dict[str, str]:
    """Keep a result of somebody at a site, and return how addresses name it and an instrument."""
    taken = Taken(
        client_id=str(uuid4()),
        participant_id=make_participant(site).id,
        site_id=site.id,
        instrument=CIP,
        answers={item.code: NO for item in CIP.items},
    )
    return {"result_id": keep_result(taken, by=SYSTEM, at=now()), "instrument": "rulers"}
