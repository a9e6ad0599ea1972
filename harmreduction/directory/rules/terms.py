"""Our own small open taxonomy: what a service offers and how easy it is to walk into.

Each term has a bit, so that a finder entry holds all of its terms in one number. Bits never change their meaning;
a new term takes the next free one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from harmreduction.core.messages import Message, message

TAXONOMY_ID = "fcc4f9f5-a2ad-5a85-a88b-30697d0b1106"  # UUIDv5 of TERM_URI
TAXONOMY_NAME = "Harm Reduction Tracker: offers and access"
TERM_URI = "urn:x-harm-reduction-tracker:terms:"


class TermGroup(Enum):
    """What a term is about."""

    OFFER = message("What there is")
    ACCESS = message("How easy it is")
    RECOVERY = message("How it works with people")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term: its code (for files and addresses), bit, group and name.

    crosswalk: codes of other taxonomies that mean the same, for imports.
    """

    code: str
    bit: int
    group: TermGroup
    name: Message
    crosswalk: tuple[str, ...] = ()


def _term(bit: int, code: str, group: TermGroup, name: Message, *crosswalk: str) -> Term:
    """Return a term."""
    return Term(code=code, bit=1 << bit, group=group, name=name, crosswalk=crosswalk)


_OFFER, _ACCESS, _RECOVERY = TermGroup.OFFER, TermGroup.ACCESS, TermGroup.RECOVERY

# Crosswalk codes were seen in real 211 exports; that taxonomy itself is licensed and not part of this product.
TERMS: tuple[Term, ...] = (
    _term(0, "naloxone", _OFFER, message("Naloxone")),
    _term(1, "syringes", _OFFER, message("Syringes")),
    _term(2, "drug_checking", _OFFER, message("Drug checking")),
    _term(3, "wound_care", _OFFER, message("Wound care")),
    _term(4, "testing", _OFFER, message("HIV and hepatitis testing"), "LF-4900.2400"),
    _term(5, "moud", _OFFER, message("Methadone or buprenorphine"), "RX-8450.5000-510"),
    _term(6, "safer_smoking", _OFFER, message("Safer smoking supplies")),
    _term(7, "sharps_disposal", _OFFER, message("Sharps disposal")),
    _term(8, "food", _OFFER, message("Food"), "BD-1800.2000"),
    _term(9, "shelter", _OFFER, message("Shelter"), "BH-1800.1500", "BH-1800.8500"),
    _term(10, "peer_support", _OFFER, message("Peer support")),
    _term(11, "treatment", _OFFER, message("Treatment"), "RX-8450"),
    _term(16, "no_id", _ACCESS, message("No ID needed")),
    _term(17, "anonymous", _ACCESS, message("Anonymous")),
    _term(18, "walk_in", _ACCESS, message("Walk in")),
    _term(19, "no_appointment", _ACCESS, message("No appointment")),
    _term(20, "wheelchair", _ACCESS, message("Wheelchair accessible")),
    _term(21, "free", _ACCESS, message("Free")),
    _term(32, "self_directed", _RECOVERY, message("People choose their own goals")),
    _term(33, "strengths_based", _RECOVERY, message("Builds on strengths")),
    _term(34, "milestones", _RECOVERY, message("Stays through each stage")),
    _term(35, "integrated", _RECOVERY, message("Works with other services")),
    _term(36, "culturally_responsive", _RECOVERY, message("Respects people's cultures")),
    _term(37, "recovery_community", _RECOVERY, message("Part of the recovery community")),
    _term(38, "lived_experience", _RECOVERY, message("Staff with lived experience")),
)
BY_CODE = {term.code: term for term in TERMS}
BY_CROSSWALK = {code: term for term in TERMS for code in term.crosswalk}

# The kind of a service is its first offer in this order; the map gives each kind a shape of its own.
KINDS = ("naloxone", "syringes", "drug_checking", "moud", "wound_care", "testing", "peer_support", "treatment")
OTHER_KIND = "other"


def bits_of(codes: Iterable[str]) -> int:
    """Return the terms of these codes as one number; a code that is no term of ours counts for nothing."""
    return sum(BY_CODE[code].bit for code in set(codes) if code in BY_CODE)


def terms_of(bits: int) -> tuple[Term, ...]:
    """Return the terms that a number holds, in the order of the list."""
    return tuple(term for term in TERMS if bits & term.bit)


def kind_of(bits: int) -> str:
    """Return the kind under which a map shows a service."""
    return next((code for code in KINDS if bits & BY_CODE[code].bit), OTHER_KIND)
