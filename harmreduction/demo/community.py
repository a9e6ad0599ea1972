"""What the demonstration hears and does beyond single visits: reports by anybody, groups, a clean-up, a peer."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from harmreduction.accounts.actions import forget_tries
from harmreduction.core.db import db
from harmreduction.demo.deeds import Deeds, Stores
from harmreduction.disclosure.actions import release
from harmreduction.encounters.actions.community import record_collection, record_group
from harmreduction.encounters.actions.peers import tell_peer_report
from harmreduction.encounters.rules import Returned, ReturnMeasure
from harmreduction.encounters.rules.community import (
    Collected,
    GivenThere,
    GroupAudience,
    GroupHeld,
    GroupKind,
    GroupNumbers,
    PeerTold,
    SharpsKind,
)
from harmreduction.reports.queries.report_back import count_figures
from harmreduction.reports.report_back import PAGE, Quarter
from harmreduction.reversals.actions import report_publicly, report_reversal
from harmreduction.reversals.actions.reporting import COUNTED_AS
from harmreduction.reversals.rules.bank import Answer
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, Happened, NewReport
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import Wanted

HELPED = (("gave", "friend"), ("called_911", "yes"), ("came", "ambulance"), ("hospital", "chose_not"))
ALONE = (("gave", "friend"), ("called_911", "no"), ("why_not_911", "warrants"), ("why_not_911", "handled"))
POLICE = (("gave", "teller"), ("called_911", "yes"), ("came", "police"), ("police", "took_kit"))
NASAL = "naloxone-nasal-4"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A reversed overdose as somebody without a code told it, on the day after."""

    days_ago: int
    place: str
    outcome: Outcome = Outcome.OK
    doses: int | None = 2
    answers: Sequence[Answer] = HELPED
    is_public: bool = False


# Two came through the public page and wait to be read; the later one may tell of the same overdose as the one before.
HEARD = (
    Heard(days_ago=41, place="own_home"),
    Heard(days_ago=39, place="street"),
    Heard(days_ago=37, place="vehicle", doses=1),
    Heard(days_ago=35, place="shelter", doses=3),
    Heard(days_ago=34, place="toilet", answers=ALONE),
    Heard(days_ago=32, place="own_home", answers=ALONE),
    Heard(days_ago=30, place="friends_home"),
    Heard(days_ago=29, place="street", outcome=Outcome.HOSPITAL, doses=4),
    Heard(days_ago=27, place="shelter"),
    Heard(days_ago=25, place="vehicle", answers=POLICE),
    Heard(days_ago=22, place="friends_home", doses=1),
    Heard(days_ago=20, place="toilet", doses=3),
    Heard(days_ago=17, place="other", outcome=Outcome.DONT_KNOW, doses=None),
    Heard(days_ago=15, place="street", outcome=Outcome.LEFT, doses=None),
    Heard(days_ago=13, place="shelter", doses=1),
    Heard(days_ago=10, place="here", answers=(("gave", "staff"), ("called_911", "yes"), ("did", "breaths"))),
    Heard(days_ago=7, place="own_home", outcome=Outcome.DIED, doses=3),
    Heard(days_ago=4, place="street", answers=POLICE),
    Heard(days_ago=4, place="street", doses=3, answers=POLICE, is_public=True),
    Heard(days_ago=1, place="toilet", answers=ALONE, is_public=True),
)


def add_community(stores: Stores, chance: random.Random, *, at: datetime) -> None:
    """Let a season of groups, reports and clean-ups happen before a moment, and tell of the last quarter if it can."""
    world = _Season(stores, chance, at)
    for heard in HEARD:
        world.hear(heard)
    forget_tries(COUNTED_AS)  # whoever tries the public page next waits for nobody
    world.train_and_meet()
    world.clean_up()
    world.listen_to_peers()
    world.tell_of_last_quarter()


class _Season(Deeds):
    """What happened, in the order in which it is told."""

    @property
    def site_id(self) -> int:
        """Return the site of the drop-in."""
        return self.stores.drop_in.site_id or 0

    def hear(self, heard: Heard) -> None:
        """Write a report down, told the day after by somebody who stays anonymous."""
        at = self.ago(max(heard.days_ago - 1, 0))
        report = NewReport(
            client_id=self.id(),
            site_id=None if heard.is_public else self.site_id,
            happened=Happened(exactness=Exactness.DAY, on=self.day(heard.days_ago)),
            place=heard.place,
            outcome=heard.outcome,
            doses=heard.doses,
            answers=frozenset(heard.answers),
        )
        if heard.is_public:
            report_publicly(report, at=at)
        else:
            report_reversal(report, by=self.maya, at=at)

    def train_and_meet(self) -> None:
        """Hold a training at the library, with kits for all, and a group at the drop-in."""
        kits = (Wanted(item_id=self.items[NASAL], quantity=14),)
        training = GroupHeld(
            client_id=self.id(),
            site_id=self.site_id,
            time_zone=self.zone,
            kind=GroupKind.TRAINING,
            title="Answering an overdose, at the library",
            held_on=self.day(23),
            audience=GroupAudience.FAMILY,
            numbers=GroupNumbers(attended=16, trained=14),
            given=GivenThere(client_id=self.id(), location_id=self.stores.store.id, lines=kits),
        )
        group = GroupHeld(
            client_id=self.id(),
            site_id=self.site_id,
            time_zone=self.zone,
            kind=GroupKind.GROUP,
            title="Friday breakfast talk",
            held_on=self.day(8),
            audience=GroupAudience.PARTICIPANTS,
            numbers=GroupNumbers(attended=7),
        )
        record_group(training, by=self.lead, at=self.ago(22))
        record_group(group, by=self.ines, at=self.ago(8))

    def clean_up(self) -> None:
        """Collect sharps along the river, with neighbours."""
        collected = Collected(
            client_id=self.id(),
            site_id=self.site_id,
            time_zone=self.zone,
            kind=SharpsKind.CLEAN_UP,
            happened_on=self.day(13),
            syringes=Returned(measure=ReturnMeasure.LITRES, amount=Decimal("1.5")),
            containers=2,
            helpers=9,
            area="Along the river",
        )
        record_collection(collected, by=self.maya, at=self.ago(13))

    def listen_to_peers(self) -> None:
        """Write down what a peer distributor told of three weeks."""
        peer = db.session.scalars(select(StockLocation).where(StockLocation.name == "Peer 7")).one()
        told = PeerTold(
            client_id=self.id(),
            location_id=peer.id,
            begins_on=self.day(26),
            ends_on=self.day(6),
            people_reached=31,
            trained=6,
            syringes_back=140,
            reversals_heard_of=2,
        )
        tell_peer_report(told, by=self.lead, at=self.ago(5))

    def tell_of_last_quarter(self) -> None:
        """Tell participants and staff of the quarter before, where six weeks reach into it and it has settled."""
        quarter = Quarter.of(self.day(0)).before
        if not quarter.is_settled(self.day(0)):
            return
        counts = count_figures(quarter.period)
        if any(counts.values()):
            release(PAGE, quarter.code, counts, by=self.lead, at=self.at)
