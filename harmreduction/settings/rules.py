"""The settings there are, and what holds while nothing was decided."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

FIRST_RUN_CODE = "first_run_code"
YES = "yes"
NO = "no"
CODE_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"  # none that is easily taken for another
CODE_LENGTH = 12  # 57 bits
CODE_GROUP = 4
MONTHS_IN_A_YEAR = 12


class ExpiredStock(StrEnum):
    """What becomes of naloxone and other reversal medicines that are past their date; it is never thrown away unasked.

    Nasal sprays up to 10 months and injections up to 19 months past their date held their full strength
    (Journal of Opioid Management, 2022). All other supplies are kept back past their date, whatever is chosen.
    """

    HOLD = "hold"
    LAST_RESORT = "last_resort"


EXPIRED_STOCK: dict[ExpiredStock, Message] = {
    ExpiredStock.HOLD: message("Keep it back until somebody decides"),
    ExpiredStock.LAST_RESORT: message("Hand it out when nothing else is left: better than none"),
}


@dataclass(frozen=True, kw_only=True)
class ProgrammeSettings:
    """What the programme decided about itself.

    programme_name stands on every page; time_zone (IANA) is the one for new sites;
    is_demonstration marks every page as not real. is_directory_public: anybody may look for services.
    home_place (a key of the gazetteer, or empty) is where maps open and searches begin. tile_url and
    tile_attribution (both or none): map tiles of a server that the programme chose. geocoder_url: the
    programme's own Nominatim; empty: nothing is asked of anybody. expired_stock: see ExpiredStock.
    syringes_per_litre and syringes_per_pound: for returned syringes that nobody counts.
    uses_card_codes, uses_recipe_codes: whether participants may choose a code, and which; neither: everybody stays
    anonymous. recipe_parts: which parts a recipe has, and recipe_version how often that changed; earlier_recipes: what
    they were before. card_words stand on the card. lookups_per_hour: how many codes one member may look for.
    keep_months: after that, codes and exact times go. smallest_shown: smaller counts are not shown outside.
    is_report_back_public, takes_public_reversals: pages that anybody may open. talk_limits: what staff must report
    whatever a participant wishes, as the programme tells them before a conversation.
    """

    programme_name: str = "Harm Reduction Tracker"
    time_zone: str = "America/New_York"
    is_demonstration: bool = False
    is_directory_public: bool = True
    home_place: str = ""
    tile_url: str = ""
    tile_attribution: str = ""
    geocoder_url: str = ""
    expired_stock: str = ExpiredStock.HOLD.value
    syringes_per_litre: int = 100
    syringes_per_pound: int = 281
    uses_card_codes: bool = False
    uses_recipe_codes: bool = False
    recipe_parts: str = "first2,parent2,month,year2"
    recipe_version: int = 1
    earlier_recipes: str = ""
    card_words: str = ""
    lookups_per_hour: int = 30
    keep_months: int = 12
    smallest_shown: int = 11
    is_report_back_public: bool = False
    takes_public_reversals: bool = False
    talk_limits: str = ""


class CannotStart(DomainError):
    """A programme cannot be set up: the code is wrong, or it was set up already."""


def grouped_code(code: str) -> str:
    """Return a code as it is printed and read aloud: K7TW-92BD-XM4H."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


def normalised_code(text: str) -> str:
    """Return a code as it was made, however it was typed."""
    return "".join(sign for sign in text.upper() if sign in CODE_SIGNS)


def day_before_which_all_goes(today: date, *, keep_months: int) -> date:
    """Return the day so many months ago; what is from before it has no code and no exact time any more.

    Where that month is shorter, its last day counts.
    """
    years, month = divmod(today.year * MONTHS_IN_A_YEAR + today.month - 1 - keep_months, MONTHS_IN_A_YEAR)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(today.day, last))
