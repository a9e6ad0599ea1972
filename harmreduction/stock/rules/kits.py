"""Kits: what goes into one, which lots make up each, how long it lasts, what it gives back."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.stock.rules.kinds import LotSource
from harmreduction.stock.rules.lots import LotOnHand, first_expiring, is_expired
from harmreduction.stock.rules.movements import check_quantity


class RecipeDoesNotFit(DomainError):
    """A recipe holds nothing, names a part twice, or holds the kit itself."""


@dataclass(frozen=True, kw_only=True)
class RecipePart:
    """Units of an item in one kit; is_expiry_bearing: the kit is past its date when this part is."""

    item_id: int
    per_kit: int
    is_expiry_bearing: bool


@dataclass(frozen=True, kw_only=True)
class Content:
    """A lot in every kit of a kit lot: units of it per kit, the part of the recipe it stands for, its last day of use.

    is_expiry_bearing: the kit is past its date when this lot is.
    """

    lot_id: int
    part_item_id: int
    per_kit: int
    is_expiry_bearing: bool
    effective_expiry: date | None = None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """So many kits that are all alike."""

    kits: int
    contents: tuple[Content, ...]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Units of a lot that go into kits for a part of the recipe."""

    lot: LotOnHand
    part_item_id: int
    units: int
    is_expiry_bearing: bool

    @property
    def source(self) -> LotSource:
        """Return how the lot is known: the page said which to take."""
        return LotSource.PICKED if self.lot.is_numbered else LotSource.UNKNOWN


Queue = deque[tuple[Taken, int]]  # the lots of a part in their order, each with the units that are left of it


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is taken for kits, first expiring first for each part, and what is short (item id → units)."""

    taken: tuple[Taken, ...]
    short: Mapping[int, int]


def kit_expiry(contents: Iterable[Content]) -> date | None:
    """Return the last day of use of a kit: the earliest among the contents that bear it; None where none has one."""
    bearing = (content.effective_expiry for content in contents if content.is_expiry_bearing)
    return min((expiry for expiry in bearing if expiry is not None), default=None)


def kit_number(today: date, number: int) -> str:
    """Return the lot number of kits that were packed on a day."""
    return f"K{today:%y%m%d}-{number}"


def next_kit_number(lot_numbers: Iterable[str], today: date) -> int:
    """Return the first number that no kit lot of this day has yet."""
    start = kit_number(today, 0)[:-1]
    ends = (number.removeprefix(start) for number in lot_numbers if number.startswith(start))
    return max((int(end) for end in ends if end.isdecimal()), default=0) + 1


def kits_possible(recipe: Sequence[RecipePart], usable: Mapping[int, int]) -> int:
    """Return how many kits can be packed from usable units (item id → units)."""
    return min((max(usable.get(part.item_id, 0), 0) // part.per_kit for part in recipe), default=0)


def holds_itself(kit_id: int, parts: Iterable[int], parts_of: Mapping[int, Iterable[int]]) -> bool:
    """Say whether a kit of these parts would hold itself, be it inside another kit (kit → its parts)."""
    seen: set[int] = set()
    to_see = list(parts)
    while to_see:
        item_id = to_see.pop()
        if item_id == kit_id:
            return True
        if item_id not in seen:
            seen.add(item_id)
            to_see.extend(parts_of.get(item_id, ()))
    return False


def check_recipe(kit_id: int, parts: Sequence[RecipePart], parts_of: Mapping[int, Iterable[int]]) -> None:
    """Refuse a recipe that nobody could pack by; parts_of: the parts of every other kit."""
    if not parts:
        raise RecipeDoesNotFit(message("Enter at least one part and how many of it are in a kit."))
    for part in parts:
        check_quantity(part.per_kit)
    item_ids = [part.item_id for part in parts]
    if len(set(item_ids)) < len(item_ids):
        raise RecipeDoesNotFit(message("A part is named twice. Name it once, with all its units."))
    if holds_itself(kit_id, item_ids, parts_of):
        raise RecipeDoesNotFit(message("A kit cannot hold itself, nor a kit that holds it. Choose other parts."))


def packable(lots: Iterable[LotOnHand], today: date) -> list[LotOnHand]:
    """Return the lots that may go into kits, first expiring first: never one past its date, nor a held one."""
    return [lot for lot in first_expiring(lots, today) if not is_expired(lot.effective_expiry, today)]


def take_parts(
    recipe: Sequence[RecipePart],
    kits: int,
    lots: Sequence[LotOnHand],
    *,
    instead: Mapping[int, Sequence[RecipePart]],
    today: date,
) -> Parts:
    """Choose the lots for so many kits, first expiring first, and only such as may be handed out.

    instead: the items that stand in for a part, one for one, once its own lots are used up.
    """
    usable = packable(lots, today)
    left = {lot.lot_id: lot.on_hand for lot in usable}
    short = {part.item_id: part.per_kit * kits for part in recipe}
    own = [(part.item_id, part) for part in recipe]
    others = [(part.item_id, other) for part in recipe for other in instead.get(part.item_id, ())]
    taken: list[Taken] = []
    for part_id, item in own + others:  # each part claims its own lots before another one borrows them
        for lot in (lot for lot in usable if lot.item_id == item.item_id):
            units = min(short[part_id], left[lot.lot_id])
            if units:
                left[lot.lot_id] -= units
                short[part_id] -= units
                taken.append(
                    Taken(lot=lot, part_item_id=part_id, units=units, is_expiry_bearing=item.is_expiry_bearing)
                )
    return Parts(taken=tuple(taken), short={part: units for part, units in short.items() if units})


def batches_of(recipe: Sequence[RecipePart], kits: int, taken: Sequence[Taken]) -> list[Batch]:
    """Divide what was taken into kits that are all alike, packed one after another from the lots in their order.

    taken holds exactly what so many kits need of each part. Where a lot runs out in the middle of a kit,
    that one kit holds two lots of the part.
    """
    queues = {
        part.item_id: deque((lot, lot.units) for lot in taken if lot.part_item_id == part.item_id) for part in recipe
    }
    alike: dict[tuple[Content, ...], int] = {}
    packed = 0
    while packed < kits:
        run = min([kits - packed, *(_run(queues[part.item_id], part.per_kit) for part in recipe)])
        pieces = [piece for part in recipe for piece in _pull(queues[part.item_id], part.per_kit, run)]
        contents = _contents(pieces)
        alike[contents] = alike.get(contents, 0) + run
        packed += run
    return [Batch(kits=number, contents=contents) for contents, number in alike.items()]


def _run(queue: Queue, per_kit: int) -> int:
    """Return how many kits in a row get the same lots of a part: one where the first lot does not fill a kit."""
    _lot, units = queue[0]
    return max(units // per_kit, 1)


def _pull(queue: Queue, per_kit: int, run: int) -> list[tuple[Taken, int]]:
    """Take a part out for a run of kits; return what each of them gets."""
    pieces: list[tuple[Taken, int]] = []
    missing = per_kit
    while missing:
        lot, left = queue.popleft()
        piece = min(missing, left)
        pieces.append((lot, piece))
        missing -= piece
        if left > piece * run:
            queue.appendleft((lot, left - piece * run))
    return pieces


def _contents(pieces: Iterable[tuple[Taken, int]]) -> tuple[Content, ...]:
    """Return the contents of a kit; a lot that stands for two parts is named once, with all its units."""
    merged: dict[int, Content] = {}
    for taken, units in pieces:
        known = merged.get(taken.lot.lot_id)
        merged[taken.lot.lot_id] = Content(
            lot_id=taken.lot.lot_id,
            part_item_id=known.part_item_id if known else taken.part_item_id,
            per_kit=units + (known.per_kit if known else 0),
            is_expiry_bearing=taken.is_expiry_bearing or (known is not None and known.is_expiry_bearing),
            effective_expiry=taken.lot.effective_expiry,
        )
    return tuple(sorted(merged.values(), key=lambda content: content.lot_id))
