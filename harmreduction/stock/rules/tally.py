"""What became of the supplies of a shift: loaded, handed out, counted, different."""

from collections.abc import Iterable
from dataclasses import dataclass

from harmreduction.stock.rules.kinds import VIRTUAL_LOCATION_IDS, LocationKind, TransactionKind

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
VIRTUAL_IDS = frozenset(VIRTUAL_LOCATION_IDS.values())


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Units (negative where they left) that moved between a van and another place (location id) during its shift.

    is_difference: they are what the close-out differed by.
    """

    units: int
    other_place_id: int
    kind: TransactionKind
    is_difference: bool = False


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Units of a shift. loaded: from other places, less what went back meanwhile. handed_out: less what was voided.

    other: everything else, like waste. should_be_left: by the book. counted: at the close-out; None where nobody did.
    """

    loaded: int = 0
    handed_out: int = 0
    other: int = 0
    should_be_left: int = 0
    counted: int | None = None

    @property
    def already_in(self) -> int:
        """Return the units that lay there before the shift."""
        return self.should_be_left - self.loaded + self.handed_out - self.other

    @property
    def has_moved(self) -> bool:
        """Say whether anything came in or went out."""
        return any((self.loaded, self.handed_out, self.other, self.difference))

    @property
    def difference(self) -> int:
        """Return by how many units the count differs from everything that is known now."""
        return 0 if self.counted is None else self.counted - self.should_be_left


def tally(moved: Iterable[Moved], *, on_hand: int, counted: int | None) -> Tally:
    """Return what became of one lot; on_hand is what the book says while the shift is open."""
    loaded = handed_out = other = difference = 0
    for entry in moved:
        if entry.is_difference:
            difference += entry.units
        elif entry.other_place_id == PARTICIPANT and entry.kind is not TransactionKind.RETURN:
            handed_out -= entry.units
        elif entry.other_place_id not in VIRTUAL_IDS:
            loaded += entry.units
        else:
            other += entry.units
    left = on_hand if counted is None else counted - difference
    return Tally(loaded=loaded, handed_out=handed_out, other=other, should_be_left=left, counted=counted)


def add_up(tallies: Iterable[Tally]) -> Tally:
    """Return the tally of several lots together; lots that nobody counted count as they stand in the book."""
    rows = list(tallies)
    counts = [row.should_be_left if row.counted is None else row.counted for row in rows]
    return Tally(
        loaded=sum(row.loaded for row in rows),
        handed_out=sum(row.handed_out for row in rows),
        other=sum(row.other for row in rows),
        should_be_left=sum(row.should_be_left for row in rows),
        counted=sum(counts) if any(row.counted is not None for row in rows) else None,
    )
