"""National Drug Codes: 10, 11 or 12 digits, with hyphens or without, and inside a GTIN.

A 10-digit code is 4-4-2, 5-3-2 or 5-4-1. Its 11-digit form is always 5-4-2, made by a zero in front of the short
part; so without hyphens a 10-digit code has three readings, and two codes match when they share one.
"""

import re

HYPHENATED = re.compile(r"^(\d{4,5})-(\d{3,4})-(\d{1,2})$")
LENGTHS_OF_TEN = ((4, 4, 2), (5, 3, 2), (5, 4, 1))
GTIN_OF_US_DRUG = re.compile(r"^\d03(\d{10})\d$")  # indicator, 03, the NDC in ten digits, check digit


def ndc_readings(text: str) -> frozenset[str]:
    """Return every 11-digit code (5-4-2, digits only) that a printed NDC can stand for; none where it is no NDC."""
    text = text.strip().upper().removeprefix("NDC").strip(" :")
    parts = HYPHENATED.match(text)
    if parts:
        lengths = tuple(len(part) for part in parts.groups())
        return frozenset({_padded(*parts.groups())} if lengths in {*LENGTHS_OF_TEN, (5, 4, 2)} else ())
    if not (text.isascii() and text.isdigit()):
        return frozenset()
    if len(text) == 11:
        return frozenset({text})
    return _ten_digits(text) if len(text) == 10 else frozenset()


def ndc_readings_of_gtin(gtin: str) -> frozenset[str]:
    """Return every 11-digit code that a GTIN-14 of a US medicine can hold; none for other goods."""
    found = GTIN_OF_US_DRUG.match(gtin)
    return _ten_digits(found.group(1)) if found else frozenset()


def _ten_digits(digits: str) -> frozenset[str]:
    """Return the three 11-digit readings of ten digits without hyphens."""
    return frozenset(
        _padded(digits[:labeler], digits[labeler : labeler + product], digits[labeler + product :])
        for labeler, product, _package in LENGTHS_OF_TEN
    )


def _padded(labeler: str, product: str, package: str) -> str:
    """Return the parts of a code as 5, 4 and 2 digits."""
    return f"{labeler:0>5}{product:0>4}{package:0>2}"
