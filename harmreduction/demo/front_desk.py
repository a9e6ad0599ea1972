"""The front desk of the demonstration's drop-in: some evenings that are over, and those who wait now."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from harmreduction.core.clock import start_of_day
from harmreduction.core.db import db
from harmreduction.demo.deeds import Deeds, Stores
from harmreduction.encounters.actions.queue import add_to_queue, move_in_queue, open_queue
from harmreduction.encounters.rules.queue import Arrival, QueueState, Wish
from harmreduction.sites.models import Site

# minutes since they came, what for, and what became of them; the last ones wait
NOW: Sequence[tuple[int, Wish | None, QueueState]] = (
    (58, Wish.SUPPLIES, QueueState.SEEN),
    (49, None, QueueState.SEEN),
    (44, Wish.SHOWER_FOOD, QueueState.LEFT),
    (27, Wish.TESTING, QueueState.WAITING),
    (19, None, QueueState.WAITING),
    (12, Wish.UNWELL, QueueState.WAITING),
    (8, Wish.TALK, QueueState.WAITING),
    (3, Wish.NALOXONE, QueueState.WAITING),
)
# days ago, and how many minutes each waited who came then
BEFORE: Sequence[tuple[int, Sequence[int]]] = ((6, (4, 11, 7)), (5, (6, 15)), (4, (3, 9, 22)), (1, (5, 8, 13)))


def add_front_desk(stores: Stores, chance: random.Random, *, at: datetime) -> None:
    """Let people come to the front desk before a moment; of days that are over only sums stay."""
    desk = _Desk(stores, chance, at)
    for days_ago, waits in BEFORE:
        for minutes in waits:
            came = desk.ago(days_ago) - timedelta(minutes=minutes)
            desk.come(came, None, QueueState.SEEN, after=timedelta(minutes=minutes))
    for since, wish, state in NOW:
        desk.come(desk.minutes_ago(since), wish, state, after=timedelta(minutes=9))
    open_queue(desk.site, by=desk.ines, now=at)


class _Desk(Deeds):
    """Who came, one after the other."""

    @property
    def site(self) -> Site:
        """Return the drop-in."""
        return db.session.get_one(Site, self.stores.drop_in.site_id)

    def come(self, came_at: datetime, wish: Wish | None, state: QueueState, *, after: timedelta) -> None:
        """Draw a ticket, and say after a while what became of it."""
        arrival = Arrival(client_id=self.id(), site_id=self.site.id, time_zone=self.zone, wish=wish)
        drawn = add_to_queue(arrival, by=self.ines, at=came_at)
        if state is not QueueState.WAITING:
            move_in_queue(drawn.public_id, state, by=self.ines, at=came_at + after)

    def minutes_ago(self, minutes: int) -> datetime:
        """Return a moment of today: just after midnight, everybody has just come."""
        return max(self.at - timedelta(minutes=minutes), start_of_day(self.day(0), self.zone))
