"""What somebody asks of the finder."""

from dataclasses import dataclass, field

from harmreduction.directory.rules.terms import bits_of

KILOMETRES_PER_MILE = 1.609344
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Point:
    """A place on the earth in degrees."""

    latitude: float
    longitude: float

    @property
    def rounded(self) -> "Point":
        """Return it to three decimals, about a hundred metres: near enough to find services, and no doorstep."""
        return Point(latitude=round(self.latitude, 3), longitude=round(self.longitude, 3))


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for; whatever is empty is not asked.

    near: nearest first, within_km at most. prefer: of what fits words alike, nearer to here first, and nothing is left
    out for being far. terms: codes that must all be there. language: its code.
    """

    words: str = ""
    near: Point | None = None
    within_km: float | None = None
    prefer: Point | None = None
    is_open_now: bool = False
    terms: frozenset[str] = field(default_factory=frozenset)
    language: str = ""

    @property
    def bits(self) -> int:
        """Return the terms as one number."""
        return bits_of(self.terms)
