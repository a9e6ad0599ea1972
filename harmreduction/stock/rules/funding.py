"""What a funding source may pay for: dated terms that allow, warn or block."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message


class Verdict(StrEnum):
    """Whether a source may pay for a group of supplies."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


VERDICTS: dict[Verdict, Message] = {
    Verdict.ALLOW: message("May pay for it"),
    Verdict.WARN: message("Asks once more"),
    Verdict.BLOCK: message("May not pay for it"),
}

# How supplies came to the programme, as papers and reports tell them apart.
ACQUISITIONS: dict[str, Message] = {
    "purchase": message("Bought"),
    "donation": message("Donated"),
    "state_programme": message("From the state's programme"),
    "other": message("Another way"),
}

STRICTNESS = (Verdict.ALLOW, Verdict.WARN, Verdict.BLOCK)


class FundingBlocked(DomainError):
    """The source may not pay for these supplies."""


class FundingAsksOnceMore(DomainError):
    """The source may pay for these supplies only under terms that a person has to look at."""


@dataclass(frozen=True, kw_only=True)
class FundingTerm:
    """What a source says of a group of supplies, on the days from valid_from through valid_until (None: no end).

    basis: the text that says so, as the programme wrote it down.
    """

    source: str
    category: Message
    verdict: Verdict
    valid_from: date
    valid_until: date | None = None
    basis: str = ""


def term_in_force(terms: Iterable[FundingTerm], on: date) -> FundingTerm | None:
    """Return the term of a source for a group on a day: the newest one, and of two as new the stricter."""
    standing = [
        term for term in terms if term.valid_from <= on and (term.valid_until is None or on <= term.valid_until)
    ]
    return max(standing, key=lambda term: (term.valid_from, STRICTNESS.index(term.verdict)), default=None)


def check_funding(term: FundingTerm | None, *, is_confirmed: bool) -> None:
    """Refuse what the source may not pay for, and ask once more where its terms warn; no term is no objection.

    Raises FundingBlocked, or FundingAsksOnceMore until is_confirmed.
    """
    if term is None or term.verdict is Verdict.ALLOW:
        return
    basis = term.basis.strip().removesuffix(".") or message("no text was noted")  # it stands within a sentence
    words = {"source": term.source, "category": term.category, "basis": basis}
    if term.verdict is Verdict.BLOCK:
        raise FundingBlocked(
            message(
                "Money from “%(source)s” may not pay for “%(category)s” (%(basis)s). Choose another funding source.",
                **words,
            )
        )
    if not is_confirmed:
        raise FundingAsksOnceMore(
            message(
                "“%(source)s” pays for “%(category)s” under terms only (%(basis)s)."
                " Tick the box if they are met, or choose another funding source.",
                **words,
            )
        )
