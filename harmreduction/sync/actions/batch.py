"""What is known while records of phones are applied: who wrote them, what they name, when their neighbours happened."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from harmreduction.accounts.queries import signed_in_as
from harmreduction.accounts.rules import SignedIn
from harmreduction.core.messages import Message, message
from harmreduction.stock.rules import Wanted
from harmreduction.sync.actions.opening import Opened, Trouble
from harmreduction.sync.queries.lookups import KnownItem, KnownPlace, Lookups, look_up
from harmreduction.sync.queries.records import Waiting, believed_from
from harmreduction.sync.rules.clocks import Happened, happened_at, skew_of
from harmreduction.sync.rules.deeds import Deed, Line, named_in
from harmreduction.sync.rules.records import Written
from harmreduction.sync.rules.statuses import Reason, Status


class CannotApply(Exception):
    """A record that a lead has to look at; raised before anything of it was done."""

    def __init__(self, trouble: Trouble) -> None:
        """Carry why."""
        super().__init__(str(trouble.sentence))
        self.trouble = trouble


class NotYet(Exception):
    """A record that waits for another one; raised before anything of it was done."""


@dataclass(frozen=True)
class Done:
    """What became of a record just now, and its kind."""

    status: Status
    kind: str | None


@dataclass
class Batch:
    """Records that are applied in one go, with what they need, read once.

    done: what became of those that are applied, by public id.
    """

    names: Lookups = field(default_factory=Lookups)
    people: dict[int, SignedIn] = field(default_factory=dict)
    timelines: dict[int, list[tuple[int, datetime]]] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)

    def person(self, account_id: int) -> SignedIn:
        """Return a member of the team as they are today, whether or not they still may sign in."""
        if account_id not in self.people:
            self.people[account_id] = signed_in_as(account_id)
        return self.people[account_id]

    def place(self, public_id: str) -> KnownPlace:
        """Return a stock place, in use or not."""
        place = self.names.places.get(public_id)
        if place is None:
            raise CannotApply(_not_found(message("There is no such stock place.")))
        return place

    def item(self, public_id: str) -> KnownItem:
        """Return an item."""
        item = self.names.items.get(public_id)
        if item is None:
            raise CannotApply(_not_found(message("It names an item that is not in the list.")))
        return item

    def lot(self, public_id: str) -> int:
        """Return a lot, as a close-out counted it."""
        lot = self.names.lots.get(public_id)
        if lot is None:
            raise CannotApply(_not_found(message("It names a lot that is not known here.")))
        return lot.lot_id

    def wanted(self, lines: Iterable[Line]) -> tuple[Wanted, ...]:
        """Return lines as the stock feature takes them."""
        return tuple(self._wanted(line) for line in lines)

    def happened(self, waiting: Waiting, opened: Opened, written: Written) -> Happened:
        """Return when a record happened, between its neighbours."""
        phone = opened.phone
        skew = skew_of(waiting.sent_at, waiting.received_at)
        if phone is not None and waiting.sent_at is None:
            skew = -phone.clock_ahead
        known = [] if phone is None else self.timelines.setdefault(phone.row_id, [])
        position = bisect_left(known, written.seq, key=lambda neighbour: neighbour[0])
        happened = happened_at(
            written.at,
            skew=skew,
            received_at=waiting.received_at,
            after=known[position - 1][1] if position else None,
            before=known[position][1] if position < len(known) else None,
        )
        insort(known, (written.seq, happened.at))
        return happened

    def _wanted(self, line: Line) -> Wanted:
        """Return a line; what was listed twice goes on as one, a lot with its item."""
        item = self.item(line.item_id)
        if line.lot_id is None:
            return Wanted(item_id=item.goes_on_as, quantity=line.units)
        lot = self.names.lots.get(line.lot_id)
        if lot is None:
            raise CannotApply(_not_found(message("It names a lot that is not known here.")))
        is_own = lot.item_id in (item.item_id, item.goes_on_as)
        lot_id = lot.lot_id if lot.item_id == item.goes_on_as or not is_own else lot.goes_on_as
        return Wanted(item_id=item.goes_on_as, quantity=line.units, lot_id=lot_id, source=line.how)


def batch_for(opened: Iterable[tuple[Waiting, Opened]]) -> Batch:
    """Return a batch that knows everything that these records name."""
    written = [(each.phone, each.written) for _waiting, each in opened if each.written]
    first: dict[int, int] = {}
    for phone, record in written:
        if phone is not None:
            first[phone.row_id] = min(record.seq, first.get(phone.row_id, record.seq))
    return Batch(
        names=names_of(record.deed for _phone, record in written),
        timelines={phone_id: believed_from(phone_id, seq) for phone_id, seq in first.items()},
    )


def names_of(deeds: Iterable[Deed]) -> Lookups:
    """Return what stands behind the public ids that these deeds name."""
    named = [named_in(deed) for deed in deeds]
    return look_up(
        places={name for each in named for name in each.places},
        items={name for each in named for name in each.items},
        lots={name for each in named for name in each.lots},
        reasons={name for each in named for name in each.reasons},
    )


def _not_found(sentence: Message) -> Trouble:
    """Return why a record that names something unknown waits."""
    return Trouble(reason=Reason.NOT_FOUND, sentence=sentence)
