"""The codes by which a programme knows its items, as they are stored and compared."""

from enum import StrEnum

from biip import ParseError
from biip.gtin import Gtin

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.ndc import ndc_readings

LONGEST = 40
TWELVE_DIGIT_NDC = 12  # the form that the FDA plans; kept as text


class IdentifierSystem(StrEnum):
    """What kind of code it is."""

    GTIN = "gtin14"
    NDC = "ndc"
    OWN = "own"


IDENTIFIER_SYSTEMS: dict[IdentifierSystem, Message] = {
    IdentifierSystem.GTIN: message("Barcode number (UPC, EAN, GTIN)"),
    IdentifierSystem.NDC: message("National Drug Code (NDC)"),
    IdentifierSystem.OWN: message("A supplier's number"),
}


class UnusableCode(DomainError):
    """A code that could not be on a pack, or that belongs to another item already."""


def normalised_identifier(system: IdentifierSystem, text: str) -> str:
    """Return a code as it is stored; raises UnusableCode with a sentence where it cannot be one."""
    text = text.strip().upper()
    if not text or len(text) > LONGEST:
        raise UnusableCode(message("Enter the code as printed, up to 40 signs."))
    if system is IdentifierSystem.GTIN:
        return _gtin(text.replace(" ", ""))
    if system is IdentifierSystem.NDC and not ndc_readings(text) and not _is_twelve_digits(text):
        raise UnusableCode(message("An NDC has 10 or 11 digits, like 69547-353-02. Enter it with its hyphens."))
    return text


def _gtin(digits: str) -> str:
    """Return an item number as 14 digits."""
    try:
        Gtin.parse(digits)
    except ParseError as problem:
        raise UnusableCode(
            message("This is no barcode number: its last digit does not fit the others. Compare it with the pack.")
        ) from problem
    return digits.zfill(14)


def _is_twelve_digits(text: str) -> bool:
    """Say whether it is an NDC of the planned form."""
    digits = text.replace("-", "")
    return digits.isascii() and digits.isdigit() and len(digits) == TWELVE_DIGIT_NDC
