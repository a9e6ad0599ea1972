"""What somebody says they need, beside what they take. It is never a limit. Plain Python: no Flask, no database.

A set is one needle with one barrel, counted once however it is packed (harmreductionworks.org.uk), and the need is
one new set for each injection (UW SSP indicators: coverage of 100 % is a new one every time). Naloxone: one kit of two
doses for each person around them, and at least one kit; no published rule is known to us, so this one is our own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules.visits import Audience, NotBelievable

FORTNIGHT = 14
DOSES_IN_KIT = 2
MOST_INJECTIONS = 500
MOST_DAYS = 90
MOST_UNITS = 5_000
MOST_PEOPLE = 99


class Stretch(StrEnum):
    """In how many days somebody counts injections; the value is that number."""

    DAY = "1"
    WEEK = "7"


STRETCHES: dict[Stretch, Message] = {Stretch.DAY: message("a day"), Stretch.WEEK: message("a week")}


@dataclass(frozen=True, kw_only=True)
class NeedTold:
    """What somebody says they need; None is "not asked", never 0.

    injections in injection_days days; supplies_units syringes usually last supplies_days days;
    people_around: how many near them could overdose, or could help.
    """

    injections: int | None = None
    injection_days: int | None = None
    supplies_units: int | None = None
    supplies_days: int | None = None
    people_around: int | None = None

    def syringes_for(self, days: int) -> int | None:
        """Return the sets that somebody needs in so many days, rounded up; by injections where those were told."""
        by_injections = _rounded_up(self.injections, days, self.injection_days)
        return (
            by_injections if by_injections is not None else _rounded_up(self.supplies_units, days, self.supplies_days)
        )

    @property
    def kits(self) -> int | None:
        """Return the naloxone kits of two doses for the people around them, at least one."""
        return None if self.people_around is None else max(1, self.people_around)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was told."""
        return self == NeedTold()


def _rounded_up(amount: int | None, days: int, stretch: int | None) -> int | None:
    """Return what an amount in a stretch of days comes to in other days; what was not told stays unknown."""
    return None if amount is None or not stretch else -(-amount * days // stretch)


def check_need(told: NeedTold) -> None:
    """Refuse numbers that cannot be."""
    bounds = {
        "injections": (0, MOST_INJECTIONS),
        "injection_days": (1, MOST_DAYS),
        "supplies_units": (0, MOST_UNITS),
        "supplies_days": (1, MOST_DAYS),
        "people_around": (0, MOST_PEOPLE),
    }
    for name, (least, most) in bounds.items():
        number = getattr(told, name)
        if number is not None and not least <= number <= most:
            raise NotBelievable(
                message("Enter a whole number from %(least)s to %(most)s.", least=least, most=f"{most:,}"), name
            )


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was handed out on a visit, and whom it was for as far as told; syringes inside packs count too."""

    syringes: int = 0
    doses: int = 0
    audience: Audience | None = None
    others: int | None = None

    @property
    def share(self) -> Fraction | None:
        """Return the part that the person keeps; None where others were told of and not how many.

        Where nothing was said of others, it is taken to be for this person.
        """
        if self.audience is Audience.OTHERS:
            return Fraction(0)
        if self.others is None:
            return None if self.audience is Audience.SELF_AND_OTHERS else Fraction(1)
        return Fraction(1, 1 + self.others)


def kept_of(visits: Iterable[Taken]) -> Fraction | None:
    """Return the sets that a person keeps of what was handed out on visits; None where a part of it is not known."""
    kept = Fraction(0)
    for taken in visits:
        if taken.syringes and taken.share is None:
            return None
        kept += taken.syringes * (taken.share or 0)
    return kept


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What somebody says they need, beside what they took in two weeks, this visit with it.

    syringes_told_on and people_told_on: the days on which that was told. is_of_code: by visits with their code, and
    not of this visit alone.
    """

    told: NeedTold
    syringes_told_on: date | None = None
    people_told_on: date | None = None
    today: Taken = field(default_factory=Taken)
    visits: Sequence[Taken] = ()
    is_of_code: bool = False

    @property
    def usual_syringes(self) -> int | None:
        """Return the sets that they need in two weeks."""
        return self.told.syringes_for(FORTNIGHT)

    @property
    def usual_kits(self) -> int | None:
        """Return the naloxone kits that they need."""
        return self.told.kits

    @property
    def syringes(self) -> int:
        """Return the sets of two weeks, whoever they are for."""
        return sum(taken.syringes for taken in self.visits)

    @property
    def kits(self) -> int:
        """Return the naloxone kits of two weeks, by their doses."""
        return sum(taken.doses for taken in self.visits) // DOSES_IN_KIT

    @property
    def others(self) -> int | None:
        """Return for how many other people they take as well, the most that they told in two weeks."""
        return max((taken.others for taken in self.visits if taken.others is not None), default=None)

    @property
    def is_more_welcome(self) -> bool:
        """Say whether they keep less than they need, so that more is offered; what is not known counts as less."""
        kept = kept_of(self.visits) or 0
        return kept < (self.usual_syringes or 0) or self.kits < (self.usual_kits or 0)


class Band(StrEnum):
    """How much of what somebody needs they got, for reports only."""

    UNDER_HALF = "under_half"
    HALF = "half"
    ALL = "all"
    MORE = "more"


BANDS: dict[Band, Message] = {
    Band.UNDER_HALF: message("Less than half"),
    Band.HALF: message("Half or more, not all"),
    Band.ALL: message("All: a new one every time"),
    Band.MORE: message("All and half as much again"),
}
# The lowest percentage of each band: Bluthenthal's <50, 50–99, 100–149, 150 and more.
BAND_BEGINS = ((150, Band.MORE), (100, Band.ALL), (50, Band.HALF), (0, Band.UNDER_HALF))


def individual_coverage(kept: Fraction | None, needed: int) -> Fraction | None:
    """Return 100 × sets kept ÷ sets needed; None where the one is not known or the other is none."""
    return None if kept is None or needed <= 0 else 100 * kept / needed


def band_of(percent: Fraction) -> Band:
    """Return the band of a percentage."""
    return next(band for begins, band in BAND_BEGINS if percent >= begins)


@dataclass(frozen=True, kw_only=True)
class CodeCoverage:
    """What one code needed and kept in a time, in sets; kept is None where it was shared nobody knows with how many."""

    needed: int
    taken: int
    kept: Fraction | None


@dataclass(frozen=True, kw_only=True)
class CoverageFigures:
    """What the codes that told their need come to: codes, sets needed, taken and kept, and codes in each band.

    not_known: codes of which it is not known how much they kept. needed_known: what the others needed.
    """

    codes: int
    needed: int
    taken: int
    needed_known: int
    kept: int
    not_known: int
    bands: dict[Band, int]

    @property
    def percent(self) -> int | None:
        """Return how much of their need the codes kept together, of those of which it is known."""
        found = individual_coverage(Fraction(self.kept), self.needed_known)
        return None if found is None else int(found)


def figures_of(codes: Sequence[CodeCoverage]) -> CoverageFigures:
    """Add the coverage of codes up."""
    known = [(code.needed, code.kept) for code in codes if code.kept is not None]
    percents = [individual_coverage(kept, needed) for needed, kept in known]
    bands = [band_of(percent) for percent in percents if percent is not None]
    return CoverageFigures(
        codes=len(codes),
        needed=sum(code.needed for code in codes),
        taken=sum(code.taken for code in codes),
        needed_known=sum(needed for needed, _kept in known),
        kept=int(sum(kept for _needed, kept in known)),
        not_known=len(codes) - len(known),
        bands={band: bands.count(band) for band in Band},
    )


def days_looked_at(first: date, last: date, known_since: date) -> int:
    """Return over how many days a code's need is counted: from when it was known, and two weeks at least."""
    return max(FORTNIGHT, (last - max(first, known_since)).days + 1)
