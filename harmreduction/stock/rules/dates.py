"""The dates of lots: who may change one, and how near its end a lot is."""

from datetime import date, timedelta
from enum import IntEnum, StrEnum

from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.messages import Message, message

DOCUMENT_LENGTH = 200
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)  # no supplies are older, or last longer


class ExpiryAuthority(StrEnum):
    """On whose word the last day of use of a lot changes."""

    FDA = "fda"
    MANUFACTURER = "manufacturer"
    DATA_ENTRY = "data_entry"


EXPIRY_AUTHORITIES: dict[ExpiryAuthority, Message] = {
    ExpiryAuthority.MANUFACTURER: message("The maker gave these lots another date"),
    ExpiryAuthority.FDA: message("The medicines authority (FDA) gave these lots another date"),
    ExpiryAuthority.DATA_ENTRY: message("The date on the pack was typed wrong here"),
}


class ExpiryBand(IntEnum):
    """How near a lot is to its end, named by the days that are left at most."""

    PAST = -1
    WITHIN_30 = 30
    WITHIN_90 = 90
    WITHIN_180 = 180


EXPIRY_BANDS: dict[ExpiryBand, Message] = {
    ExpiryBand.PAST: message("Past its date"),
    ExpiryBand.WITHIN_30: message("30 days or less"),
    ExpiryBand.WITHIN_90: message("90 days or less"),
    ExpiryBand.WITHIN_180: message("180 days or less"),
}


def is_believable(day: date) -> bool:
    """Say whether supplies can have such a day; what lies outside is a slip in the year."""
    return FIRST_DAY <= day <= LAST_DAY


class DateDoesNotFit(DomainError):
    """A lot cannot get this date, or nothing says why."""


class DateChanged(OutOfDate):
    """Somebody else changed the date of the lot since the page was opened."""


def band_of(expiry: date | None, today: date) -> ExpiryBand | None:
    """Return how near its end a lot is, or None where it is not near; it lasts through its expiry day."""
    if expiry is None:
        return None
    left = (expiry - today).days
    return next((band for band in ExpiryBand if left <= band), None)


def last_day_of(band: ExpiryBand, today: date) -> date:
    """Return the latest date that a lot in this band can have."""
    return today + timedelta(days=band)


def check_revision(old: date | None, new: date, *, is_numbered: bool, is_kit: bool, document: str) -> None:
    """Refuse a date that cannot be: only a lot known by its number gets one, on somebody's word, and another one."""
    if not is_numbered:
        raise DateDoesNotFit(message("Nobody knows which lots these are, so no one date holds for them."))
    if is_kit:
        raise DateDoesNotFit(message("The date of a kit follows its parts. Change the date of the lot inside."))
    if not document:
        raise DateDoesNotFit(message("Enter what says so: the letter, its number, or a web address."))
    if old == new:
        raise DateDoesNotFit(message("This is its date already."))
