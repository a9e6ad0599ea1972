"""What a worker did, one class for each kind of record; everything by its public id. Plain Python."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harmreduction.encounters.rules import Audience, Returned, ReturnMeasure
from harmreduction.encounters.rules.naloxone import Fate, Recipient, Reply, Source, SupplyType, Training
from harmreduction.reversals.rules.quick import Outcome, When
from harmreduction.reversals.rules.reports import Exactness, Happened
from harmreduction.stock.rules import LotSource
from harmreduction.sync.rules.reading import BadContent, Fields

MOST_LINES = 100
HOW_IT_WAS_KNOWN = {
    "inferred": LotSource.INFERRED,
    "picked": LotSource.PICKED,
    "scanned": LotSource.SCANNED,
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """Units of an item; the lot where the phone knew it, and how."""

    item_id: str
    units: int
    lot_id: str | None = None
    how: LotSource = LotSource.PICKED

    @classmethod
    def read(cls, fields: Fields) -> "Line":
        """Read a line."""
        lot_id = fields.optional("lot", fields.id)
        how = HOW_IT_WAS_KNOWN.get(fields.optional("how", fields.text) or "", LotSource.PICKED)
        return cls(item_id=fields.id("item"), units=fields.number("units", least=1), lot_id=lot_id, how=how)


def read_lines(fields: Fields, name: str = "lines") -> tuple[Line, ...]:
    """Read the lines of a record."""
    lines = tuple(Line.read(line) for line in fields.lines(name))
    if len(lines) > MOST_LINES:
        raise BadContent(name)
    return lines


@dataclass(frozen=True, kw_only=True)
class HandedOut:
    """Supplies went out on a visit, from a place."""

    visit_id: str
    place_id: str
    lines: tuple[Line, ...]

    @classmethod
    def read(cls, fields: Fields) -> "HandedOut":
        """Read a hand-out."""
        lines = read_lines(fields)
        if not lines:
            raise BadContent("lines")
        return cls(visit_id=fields.id("visit"), place_id=fields.id("place"), lines=lines)


@dataclass(frozen=True, kw_only=True)
class ToldOnVisit:
    """What was told on a visit so far; carries: the names of what the page asked, whatever else stays as it is."""

    visit_id: str
    place_id: str
    carries: frozenset[str]
    returned: Returned | None = None
    audience: Audience | None = None
    number_of_others: int | None = None

    @classmethod
    def read(cls, fields: Fields) -> "ToldOnVisit":
        """Read what was told."""
        return cls(
            visit_id=fields.id("visit"),
            place_id=fields.id("place"),
            carries=frozenset(name for name in ("returned", "audience", "others") if fields.holds(name)),
            returned=fields.optional("returned", lambda name: _returned(fields.part(name))),
            audience=fields.optional("audience", lambda name: fields.word(name, Audience)),
            number_of_others=fields.optional("others", fields.number),
        )


@dataclass(frozen=True, kw_only=True)
class Talked:
    """A talk about naloxone, with what was taken."""

    visit_id: str
    place_id: str
    reply: Reply | None = None
    supply_type: SupplyType | None = None
    previous_fate: Fate | None = None
    previous_source: Source | None = None
    times_used: int | None = None
    recipient: Recipient | None = None
    training: Training | None = None
    lines: tuple[Line, ...] = ()

    @classmethod
    def read(cls, fields: Fields) -> "Talked":
        """Read a talk."""
        return cls(
            visit_id=fields.id("visit"),
            place_id=fields.id("place"),
            reply=fields.optional("reply", lambda name: fields.word(name, Reply)),
            supply_type=fields.optional("supply_type", lambda name: fields.word(name, SupplyType)),
            previous_fate=fields.optional("previous_fate", lambda name: fields.word(name, Fate)),
            previous_source=fields.optional("previous_source", lambda name: fields.word(name, Source)),
            times_used=fields.optional("times_used", fields.number),
            recipient=fields.optional("recipient", lambda name: fields.word(name, Recipient)),
            training=fields.optional("training", lambda name: fields.word(name, Training)),
            lines=read_lines(fields),
        )


@dataclass(frozen=True, kw_only=True)
class ReversalTold:
    """A reversed overdose that was told of; is_loose: nobody may join it to the visit, or to who wrote it down.

    when: as it was tapped, from which the day follows; happened: where the phone told the day itself.
    """

    place_id: str
    visit_id: str | None = None
    is_loose: bool = False
    when: When | None = None
    happened: Happened = field(default_factory=Happened)
    outcome: Outcome | None = None
    doses: int | None = None

    @property
    def tells_nothing(self) -> bool:
        """Say whether no question was answered; phones of the first weeks sent such ones."""
        has_when = self.happened.on is not None or self.when not in {None, When.ANOTHER_DAY, When.DONT_KNOW}
        return not has_when and self.outcome is None and self.doses is None

    @classmethod
    def read(cls, fields: Fields) -> "ReversalTold":
        """Read a report."""
        is_word = isinstance(fields.told.get("when"), str)
        return cls(
            place_id=fields.id("place"),
            visit_id=fields.optional("visit", fields.id),
            is_loose=fields.flag("loose"),
            when=fields.word("when", When) if is_word else None,
            happened=Happened() if is_word else fields.optional("when", _happened_in(fields)) or Happened(),
            outcome=fields.optional("outcome", lambda name: fields.word(name, Outcome)),
            doses=fields.optional("doses", fields.number),
        )


@dataclass(frozen=True, kw_only=True)
class LoadedOut:
    """A van or a backpack went out with supplies of a source (units by item)."""

    place_id: str
    source_id: str | None
    items: Mapping[str, int]

    @classmethod
    def read(cls, fields: Fields) -> "LoadedOut":
        """Read what was taken along."""
        lines = read_lines(fields, "items")
        items: Counter[str] = Counter()
        for line in lines:
            items[line.item_id] += line.units
        return cls(place_id=fields.id("place"), source_id=fields.optional("source", fields.id), items=items)


@dataclass(frozen=True, kw_only=True)
class ClosedOut:
    """A shift ended; found: units of those lots that were not as they should be."""

    shift_id: str
    found: Mapping[str, int]
    reason_id: str | None = None
    back_id: str | None = None

    @classmethod
    def read(cls, fields: Fields) -> "ClosedOut":
        """Read what was found."""
        found = {line.id("lot"): line.number("units", least=0) for line in fields.lines("found")}
        return cls(
            shift_id=fields.id("shift"),
            found=found,
            reason_id=fields.optional("reason", fields.text),
            back_id=fields.optional("back", fields.id),
        )


@dataclass(frozen=True)
class Undone:
    """It was undone on the phone before it was ever sent; it holds its number, and nothing else."""

    @classmethod
    def read(cls, _fields: Fields) -> "Undone":
        """Read nothing."""
        return cls()


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """A record that was sent before is taken back."""

    record_id: str

    @classmethod
    def read(cls, fields: Fields) -> "TakenBack":
        """Read which one."""
        return cls(record_id=fields.id("of"))


Deed = HandedOut | ToldOnVisit | Talked | ReversalTold | LoadedOut | ClosedOut | Undone | TakenBack


@dataclass(frozen=True, kw_only=True)
class Named:
    """The public ids that a deed names."""

    places: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    lots: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()


def named_in(deed: Deed) -> Named:
    """Return what a deed names, so that all of it can be looked up at once."""
    match deed:
        case HandedOut() | Talked():
            return Named(
                places=frozenset({deed.place_id}),
                items=frozenset(line.item_id for line in deed.lines),
                lots=frozenset(line.lot_id for line in deed.lines if line.lot_id),
            )
        case ToldOnVisit() | ReversalTold():
            return Named(places=frozenset({deed.place_id}))
        case LoadedOut():
            places = frozenset({deed.place_id, deed.source_id or deed.place_id})
            return Named(places=places, items=frozenset(deed.items))
        case ClosedOut():
            return Named(
                places=frozenset({deed.back_id} if deed.back_id else ()),
                lots=frozenset(deed.found),
                reasons=frozenset({deed.reason_id} if deed.reason_id else ()),
            )
        case Undone() | TakenBack():
            return Named()


def _returned(fields: Fields) -> Returned:
    """Read what came back."""
    return Returned(measure=fields.word("measure", ReturnMeasure), amount=fields.amount("amount"))


def _happened_in(fields: Fields) -> Callable[[str], Happened]:
    """Return what reads when it was."""

    def read(name: str) -> Happened:
        part = fields.part(name)
        exactness, on = part.word("exactness", Exactness), part.optional("on", part.day)
        return Happened() if on is None or exactness is Exactness.UNKNOWN else Happened(exactness=exactness, on=on)

    return read
