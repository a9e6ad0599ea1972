"""Read what can be done at once for somebody who does not want to wake up, or is not sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.assessments.rules.answering import MOOD_CARD
from harmreduction.assessments.rules.cards import Step
from harmreduction.assessments.rules.loops import find_loop, loop_id_of
from harmreduction.assessments.rules.talks import Draft, Loop, LoopKind
from harmreduction.core.actor import Actor
from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.directory.models import Hotline
from harmreduction.directory.queries.hotlines import list_hotlines
from harmreduction.encounters.models import WorkingPlace
from harmreduction.sites.models import Site

CRISIS = "crisis"  # the kind of a hotline


@dataclass(frozen=True, kw_only=True)
class SameDay:
    """Ways for today: colleagues at the site (as the team calls them), lines to call, steps of the menu, what is begun.

    chosen: codes of the steps that stand in the plan already.
    """

    colleagues: Sequence[str]
    hotlines: Sequence[Hotline]
    steps: Sequence[Step]
    chosen: frozenset[str]
    loop: Loop | None


def same_day_ways(draft: Draft, *, by: Actor, at: datetime) -> SameDay:
    """Return the ways for today; whatever the site lacks, there is always a line to call."""
    card = draft.cards.card(MOOD_CARD)
    return SameDay(
        colleagues=_colleagues(draft.site_id, by=by, at=at),
        hotlines=[line for line in list_hotlines() if line.kind == CRISIS],
        steps=draft.cards.menu(card, draft.layout) if card is not None else (),
        chosen=frozenset(step.option for step in draft.steps if step.option),
        loop=find_loop(draft, loop_id_of(draft, LoopKind.SAME_DAY)),
    )


def _colleagues(site_id: int, *, by: Actor, at: datetime) -> Sequence[str]:
    """Return who else said today that they work at a site."""
    zone = db.session.get_one(Site, site_id).time_zone
    here_today = (
        select(Account.label)
        .join(WorkingPlace, WorkingPlace.account_id == Account.id)
        .where(
            WorkingPlace.site_id == site_id,
            WorkingPlace.chosen_at >= start_of_day(today(zone, at), zone),
            Account.disabled_at.is_(None),
            Account.id != by.account_id,
        )
        .order_by(Account.label)
    )
    return db.session.scalars(here_today).all()
