"""A whole evening at a drop-in, through the pages: afterwards every total agrees with a tally kept beside them."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, QueueEntry, UsualHandout
from harmreduction.reports.queries import list_totals
from harmreduction.reports.rules import Counted, Measure, months_of
from harmreduction.reversals.models import ReversalReport
from harmreduction.stock.models import Item, Lot, StockBalance, StockLocation
from tests.encounters.evening import KIT, Desk, Evening
from tests.factories import make_account, make_location, make_session_cookie, make_site, receive
from tests.pages import text_of
from tests.participants.stories import allow_codes, make_participant_with_card

FIVE = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)  # in the evening, in New York
PEOPLE = 60
STOCKED = {KIT: 500, "syringe-1ml-28g-half": 4000, "strip-fentanyl": 700, "kit-smoking": 300, "wound-kit": 2}


@pytest.fixture
def evening(app, database):
    """A drop-in with stock, three workers, and five people who have cards."""
    with time_machine.travel(FIVE, tick=False) as clock:
        site = make_site("Union St")
        shelf = make_location(site, "Union St shelf")
        for code, units in STOCKED.items():
            receive(shelf, units, code=code)
        allow_codes(lookups_per_hour="500")
        evening = Evening(
            random=Random(1987),  # noqa: S311  # the same evening each time
            clock=clock,
            site=site.public_id,
            desks=[desk_of(app, role, site) for role in ("outreach_worker", "clinician", "volunteer")],
            tiles=dict(db.session.execute(select(UsualHandout.name, UsualHandout.public_id)).all()),
            items=dict(db.session.execute(select(Item.public_id, Item.code)).all()),
        )
        evening.cards = [make_participant_with_card(site)[1] for _ in range(5)]
        evening.lead = desk_of(app, "programme_lead", site)
        yield evening


def desk_of(app, role, site):
    desk = Desk(app)
    desk.account = make_account(role, sites=(site.id,))
    desk.set_cookie(*make_session_cookie(desk.account))
    return desk


def live_through(evening):
    """Let people come, wait, leave, or be seen, while three workers do what they can, until sixty visits were begun."""
    while len(evening.tally.visits) < PEOPLE:
        evening.clock.shift(evening.random.randrange(20, 120))
        kind = evening.random.randrange(3)
        if kind == 0:
            evening.walk_in()
        else:
            evening.arrive(evening.random.choice(evening.cards) if kind == 1 else "")
        if evening.waiting and evening.chance(70):
            evening.serve_next()
    while evening.waiting:
        evening.serve_next()


def void_some(evening):
    """Let the lead void a few hand-outs: one with a wrong number, and one that was entered twice."""
    alone = [v for v in evening.tally.visits if len(v.hand_outs) == 1 and v.hand_outs[0].public_id]
    several = [v for v in evening.tally.visits if len(v.hand_outs) > 1 and v.hand_outs[0].public_id]
    for visits, reason in ((alone, "entered_twice"), (several, "wrong_quantity")):
        visit = evening.random.choice(visits)
        given = visit.hand_outs.pop(0)
        evening.lead.send(f"/hand-out/{given.public_id}/void", reason=reason)
        evening.lead.send(f"/hand-out/{given.public_id}/void", reason=reason, status=200)  # pressed again
        visit.was_no_visit = reason == "entered_twice"


def by_category(given, items):
    """Return units by category, and the doses in them."""
    units, doses = Counter(), 0
    for code, quantity in given.items():
        units[items[code].category] += quantity
        doses += quantity * items[code].doses_per_unit
    return units, doses


def told_of(page, before, after):
    """Return the number that a page tells between two words."""
    found = re.search(rf"{before}([\d,]+){after}", page)
    assert found is not None, f"{before}…{after}: {page}"
    return int(found[1].replace(",", ""))


def test_after_an_evening_of_sixty_visits_every_total_agrees_with_the_tally(app, evening):
    live_through(evening)
    evening.lead.set_cookie(*make_session_cookie(evening.lead.account))
    void_some(evening)
    tally, lead = evening.tally, evening.lead
    assert min(tally.left, tally.reversals, tally.shown_again) > 0  # everything that can happen did
    assert len(tally.counted) < len(tally.visits)
    items = {item.code: item for item in db.session.scalars(select(Item))}
    units, doses = by_category(tally.given, items)

    page = text_of(lead.page("/today"))
    assert told_of(page, "", " visits today") == len(tally.counted)
    assert told_of(page, "", " kits and vials naloxone today") == units["naloxone"]
    assert told_of(page, "naloxone today, ", " doses") == doses
    assert told_of(page, "", " syringes given today") == units["syringe"]
    assert told_of(page, "given today, ", " back") == tally.returned

    shifts = [text_of(desk.page("/shift")) for desk in evening.desks]
    assert sum(told_of(shift, "", " visits? ") for shift in shifts) == len(tally.counted)

    reported = Counter()
    for total in list_totals(months_of(FIVE.year)):
        reported[total.counted] += total.amount.quantity
    assert reported[Counted(Measure.HAND_OUTS)] == sum(bool(visit.hand_outs) for visit in tally.visits)
    assert reported[Counted(Measure.PEOPLE_REACHED)] == tally.people
    assert reported[Counted(Measure.SYRINGES_RETURNED)] == tally.returned
    assert reported[Counted(Measure.NALOXONE_DOSES)] == doses
    assert {code: reported[Counted(Measure.ITEM_UNITS, code)] for code in tally.given} == tally.given

    lying = Counter(STOCKED)
    lying.subtract(tally.given)
    assert on_the_shelf() == {code: units for code, units in lying.items() if units}
    assert min(lying.values()) < 0  # wound kits ran out, and not one hand-out was refused
    lot = db.session.scalars(select(Lot).where(Lot.item_id == items[KIT].id, Lot.lot_number == "A1")).one()
    assert f"{lying[KIT]:,}" in text_of(lead.page(f"/stock/lots/{lot.public_id}"))

    assert db.session.scalar(select(func.count()).select_from(ReversalReport)) == tally.reversals
    coded = db.session.scalar(select(func.count()).where(Encounter.participant_id.is_not(None)))
    assert coded == sum(visit.is_coded for visit in tally.visits)
    assert "Balanced: " in app.test_cli_runner().invoke(args=["hr", "verify"]).output

    told = f"{tally.arrived} arrived {tally.seen} seen {tally.left} left"
    assert told in text_of(evening.desks[0].page("/queue/"))
    evening.clock.move_to(FIVE + timedelta(days=1))
    lead.set_cookie(*make_session_cookie(lead.account))
    assert "Nobody waits" in text_of(lead.page("/queue/"))
    assert told in text_of(lead.page("/queue/days"))
    assert db.session.scalar(select(func.count()).select_from(QueueEntry)) == 0


def on_the_shelf():
    """Return what lies on the only shelf by item, below zero where more was handed out than was booked in."""
    rows = db.session.execute(
        select(Item.code, func.sum(StockBalance.on_hand))
        .select_from(Item)
        .join(Lot, Lot.item_id == Item.id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(StockLocation, StockLocation.id == StockBalance.location_id)
        .where(StockLocation.name == "Union St shelf")
        .group_by(Item.code)
    )
    return {code: units for code, units in rows if units}
