"""ZIP codes as spreadsheets leave them: zeros lost, counted up by a drag, or of another town."""

import re
from dataclasses import dataclass

from harmreduction.core.messages import Message, message
from harmreduction.directory.gazetteer import Place
from harmreduction.directory.reading.places import Places, kilometres, position_of

ELSEWHERE = 40  # kilometres from the middle of a ZIP area to the town that it is said to be in

# First digits of the ZIPs of states where they begin with a zero, for ZIPs that the gazetteer does not know.
_ZERO_STATES = {
    "CT": ("06",), "MA": ("010", "011", "012", "013", "014", "015", "016", "017", "018", "019", "02"),
    "ME": ("039", "04"), "NH": ("03",), "NJ": ("07", "08"), "NY": ("005", "06390"), "PR": ("006", "007", "009"),
    "RI": ("028", "029"), "VI": ("008",), "VT": ("05",),
}  # fmt: skip
_ZIP = re.compile(r"(\d{5})(?:[-\s]?(\d{4}))?")
_LOST_ZEROS = re.compile(r"(\d{3,4})(?:\.0)?(?:-(\d{1,4}))?")
_CANADIAN = re.compile(r"([A-Za-z]\d[A-Za-z])[ -]?(\d[A-Za-z]\d)")
_FLOAT = re.compile(r"(\d{5})\.0")


@dataclass(frozen=True)
class PostalCode:
    """A code as it goes into an address ("" if there is none), and what was put right or looks wrong."""

    code: str
    fixes: tuple[Message, ...] = ()
    hints: tuple[Message, ...] = ()

    @property
    def five(self) -> str:
        """Return the five digits of a ZIP, without its suffix."""
        return self.code[:5] if _ZIP.fullmatch(self.code) else ""


def read_postal_code(written: str, suffix: str, state: str, places: Places) -> PostalCode:
    """Return the code of a row; zeros that a spreadsheet took away come back where the state says so."""
    text = written.strip()
    if not text:
        return PostalCode("")
    if found := _ZIP.fullmatch(text) or _FLOAT.fullmatch(text):
        four = found[2] if found.re is _ZIP else None
        return _with_suffix(found[1], four or suffix, ())
    if found := _CANADIAN.fullmatch(text):
        return PostalCode(f"{found[1]} {found[2]}".upper())
    if found := _LOST_ZEROS.fullmatch(text):
        code = found[1].zfill(5)
        if _is_in(code, state, places):
            fix = message("The ZIP %(written)s is %(code)s: its first zeros are back.", written=text, code=code)
            return _with_suffix(code, found[2] or suffix, (fix,))
    if re.search(r"\d", text) and len(text) <= 12 and state == "":
        return PostalCode(text)  # of another country, as far as anybody can tell
    return PostalCode("", (), (message("“%(cell)s” is no ZIP code, so the row has none.", cell=text[:60]),))


def check_place(code: PostalCode, city: str, state: str, places: Places) -> Message | None:
    """Say where a ZIP contradicts town and state; nothing is changed, for either may be wrong."""
    area = places.zip_area(code.five) if code.five else None
    if area is None or not state:
        return None
    if area.region == state and (places.lies_in(code.five, city) or not _is_far(area, places.town(city, state))):
        return None
    named = f"{city}, {state}" if city else state
    return message("The ZIP %(code)s lies elsewhere than %(town)s.", code=code.five, town=named)


class DraggedZips:
    """Finds ZIPs that a spreadsheet counted up while somebody dragged the first one down the column.

    A ZIP that is one more than that of the row above, in the same town, is such a one only if it is known in another
    town and the first of the run is known in this: towns with several ZIPs have them side by side in sorted lists.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._first = self._last = ""
        self._town = ("", "")
        self.runs = 0

    def put_right(self, code: PostalCode, city: str, state: str) -> PostalCode:
        """Return the code of the next row, put right if it was counted up."""
        five, town = code.five, (city.lower(), state)
        goes_on = bool(five and self._last) and town == self._town and int(five) == int(self._last) + 1
        if not goes_on:
            self._first = five
        self._last, self._town = five, town
        if not goes_on:
            return code
        self.runs += 1
        if self._places.lies_in(five, city) or not self._places.lies_in(self._first, city):
            return code
        fix = message(
            "The ZIP %(written)s was counted up from the row above. %(code)s is in %(city)s.",
            written=five,
            code=self._first,
            city=city,
        )
        return PostalCode(self._first, (*code.fixes, fix), code.hints)


def _with_suffix(code: str, suffix: str, fixes: tuple[Message, ...]) -> PostalCode:
    """Put the four digits behind the five; they lose their zeros in spreadsheets too."""
    four = suffix.strip().removesuffix(".0")
    if not four.isdigit() or len(four) > 4 or int(four) == 0:
        return PostalCode(code, fixes)
    whole = f"{code}-{four.zfill(4)}"
    if len(four) < 4:
        fixes = (*fixes, message("The last digits of the ZIP are %(code)s: their zeros are back.", code=whole))
    return PostalCode(whole, fixes)


def _is_far(area: Place, town: Place | None) -> bool:
    return town is not None and kilometres(position_of(area), position_of(town)) > ELSEWHERE


def _is_in(code: str, state: str, places: Places) -> bool:
    area = places.zip_area(code)
    if area is not None:
        return area.region == state
    return code.startswith(_ZERO_STATES.get(state, ("none",)))
