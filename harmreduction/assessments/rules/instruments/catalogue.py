"""All instruments: those in use, and every edition that an old result may still need."""

from harmreduction.assessments.rules.instruments.barc10 import BARC10
from harmreduction.assessments.rules.instruments.base import Code, Instrument
from harmreduction.assessments.rules.instruments.naloxone_triggers import NALOXONE_TRIGGERS
from harmreduction.assessments.rules.instruments.riosord import CIP, VHA
from harmreduction.assessments.rules.instruments.rulers import READINESS_RULERS
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message

ALL = (VHA, CIP, NALOXONE_TRIGGERS, BARC10, READINESS_RULERS)  # an edition that is replaced stays in
EDITIONS: dict[tuple[Code, int], Instrument] = {(each.code, each.edition): each for each in ALL}
IN_USE: dict[Code, Instrument] = {each.code: each for each in sorted(ALL, key=lambda each: each.edition)}


def get_instrument(code: str) -> Instrument:
    """Return an instrument in the edition that is in use; raises NotFound."""
    if code not in list(Code):
        raise NotFound(message("There is no such instrument."))
    return IN_USE[Code(code)]


def edition_of(code: str, edition: int) -> Instrument:
    """Return an instrument as it was when a result was kept; raises NotFound for an unknown one."""
    found = EDITIONS.get((Code(code), edition)) if code in list(Code) else None
    if found is None:
        raise NotFound(message("This release does not know the instrument in that edition."))
    return found
