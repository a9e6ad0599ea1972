"""Distances as people of a country say them."""

from dataclasses import dataclass

from harmreduction.core.messages import Message, message
from harmreduction.directory.rules.finder import KILOMETRES_PER_MILE

COUNTRIES_WITH_MILES = {"GB", "LR", "US"}
EXACT_BELOW = 10  # from here on a decimal says more than anybody needs
REACHES = (2, 5, 10, 25, 50)  # in the country's own unit
USUAL_REACH = 10
WAY_IN_MILES, WAY_IN_KILOMETRES = 50, 80  # farther than that, the nearest is of no use today


@dataclass(frozen=True, kw_only=True)
class Distance:
    """A distance in the unit of a country, rounded as it is said."""

    amount: float
    is_in_miles: bool

    @property
    def unit(self) -> Message:
        """Return the short name of the unit."""
        return message("mi") if self.is_in_miles else message("km")


def counts_in_miles(country: str) -> bool:
    """Say whether people of a country (ISO 3166 alpha-2) count in miles; where none is known, they do as at home."""
    return (country or "US") in COUNTRIES_WITH_MILES


def distance_in(country: str, kilometres: float) -> Distance:
    """Return a distance as it is said in a country; what is nearer than a tenth is a tenth."""
    is_in_miles = counts_in_miles(country)
    amount = kilometres / KILOMETRES_PER_MILE if is_in_miles else kilometres
    rounded = round(amount, 1) if amount < EXACT_BELOW else round(amount)
    return Distance(amount=max(rounded, 0.1), is_in_miles=is_in_miles)


def longest_way(country: str) -> int:
    """Return how far the nearest may be unless somebody looks further, in the unit of a country."""
    return WAY_IN_MILES if counts_in_miles(country) else WAY_IN_KILOMETRES


def reach_in_kilometres(country: str, reach: int) -> float:
    """Return how far a reach in the unit of a country is."""
    return reach * KILOMETRES_PER_MILE if counts_in_miles(country) else float(reach)
