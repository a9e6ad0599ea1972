"""What a scanned or pasted code says: item number, lot, last day of use.

GS1 element strings are read by the library biip. Ours is what life adds: separators that a scanner dropped or
wrote as words, plain UPC and GTIN numbers, NDCs, and codes that are damaged, which are kept as they are and
never guessed. A serial number tells one pack, and so maybe one person, from all others: it is read over and
never kept.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin

from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.dropped_separators import SEPARATOR, with_separators
from harmreduction.stock.rules.ndc import ndc_readings, ndc_readings_of_gtin

SEPARATOR_AS_WORDS = re.compile(r"<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|␝|\^\]", re.IGNORECASE)
SYMBOLOGY = re.compile(r"^\][A-Za-z]\d")
LONGEST = 200  # signs; a code with more is no code of a pack

BAD_CHECK_DIGIT = message("The last digit of the item number does not fit. Scan again, or compare it with the pack.")
WITHOUT_SEPARATOR = message("The scanner left out a mark between lot and serial number. Compare the lot with the pack.")
NOT_READ = message("This is no code that we can read. Type the lot number and the date from the pack.")


@dataclass(frozen=True, kw_only=True)
class PackCode:
    """What a code says; empty where it says nothing.

    gtin: 14 digits. ndcs: 11-digit codes it can stand for. lot_numbers: the lot, or several where the code can be
    read in several ways, the likeliest in front. raw: the text of a code that has no parts, and of one that nobody
    could read, which may hold a serial number; it is looked up here, and neither shown nor kept.
    """

    raw: str
    gtin: str = ""
    ndcs: frozenset[str] = frozenset()
    lot_numbers: tuple[str, ...] = ()
    expiry: date | None = None
    warnings: tuple[Message, ...] = ()


def read_code(text: str) -> PackCode:
    """Read a code as it was scanned, typed or pasted; whatever cannot be read comes back with a warning."""
    clean = _cleaned(text)
    if not clean or len(clean) > LONGEST:
        return PackCode(raw="", warnings=(NOT_READ,))
    if ndc_readings(clean) and not _is_gtin(clean):
        return PackCode(raw=clean, ndcs=ndc_readings(clean))
    if clean.isascii() and clean.isdigit() and len(clean) in (8, 12, 13, 14):
        return _item_number(clean)
    reading = _element_string(clean)
    return PackCode(raw=clean, warnings=(NOT_READ,)) if reading is None else reading


def _cleaned(text: str) -> str:
    """Return the text with real separators and without what only says how it was printed."""
    text = SEPARATOR_AS_WORDS.sub(SEPARATOR, text.strip(" \t\r\n"))
    return SYMBOLOGY.sub("", text).strip(SEPARATOR)


def _is_gtin(text: str) -> bool:
    """Say whether these digits are an item number whose last digit fits."""
    try:
        Gtin.parse(text)
    except ParseError:
        return False
    return True


def _item_number(digits: str) -> PackCode:
    """Return a UPC, EAN or GTIN as its 14 digits."""
    if not _is_gtin(digits):
        return PackCode(raw=digits, warnings=(BAD_CHECK_DIGIT,))
    gtin = digits.zfill(14)
    return PackCode(raw=digits, gtin=gtin, ndcs=ndc_readings_of_gtin(gtin))


def _element_string(text: str) -> PackCode | None:
    """Return what an element string or a GS1 web link says, or None where it is neither."""
    if not text.startswith(("(", "http")):
        text = text.replace(" ", SEPARATOR)  # no lot holds a space; a browser made one of a sign that nobody types
    is_plain = SEPARATOR not in text and not text.startswith(("(", "http"))
    ways = with_separators(text) if is_plain else []
    readings = [said for said in map(_said, ways or [text]) if said is not None]
    sound = [said for said in readings if not said.warnings]
    return _together(sound or readings)


def _together(readings: list[PackCode]) -> PackCode | None:
    """Return the likeliest reading, with every lot number that those which say as much can name."""
    if not readings:
        return None
    likeliest = readings[0]
    says = (bool(likeliest.gtin), bool(likeliest.expiry))
    alike = [said for said in readings if (bool(said.gtin), bool(said.expiry)) == says]
    lots = tuple(dict.fromkeys(lot for said in alike for lot in said.lot_numbers))
    if len(lots) < 2:
        return likeliest
    return replace(likeliest, lot_numbers=lots, warnings=(*likeliest.warnings, WITHOUT_SEPARATOR))


def _said(text: str) -> PackCode | None:
    """Return the parts of an element string with its separators, with a warning for what cannot be."""
    message_of_gs1 = _parsed(text)
    if message_of_gs1 is None:
        return None
    elements = {element.ai.ai: element for element in message_of_gs1.element_strings}
    if not elements.keys() & {"01", "10", "17"}:
        return None
    item, lot, expiry = (elements.get(identifier) for identifier in ("01", "10", "17"))
    gtin = item.value if item and not item.gtin_error else ""
    return PackCode(
        raw="",
        gtin=gtin,
        ndcs=ndc_readings_of_gtin(gtin),
        lot_numbers=(lot.value.strip().upper(),) if lot else (),
        expiry=expiry.date if expiry else None,
        warnings=(BAD_CHECK_DIGIT,) if item and item.gtin_error else (),
    )


def _parsed(text: str) -> GS1Message | None:
    """Return the elements of a text, by whichever way of writing them it uses."""
    try:
        if text.lower().startswith("http"):
            return GS1DigitalLinkURI.parse(text).as_gs1_message()
        return GS1Message.parse_hri(text) if text.startswith("(") else GS1Message.parse(text)
    except (ParseError, ValueError):
        return None
