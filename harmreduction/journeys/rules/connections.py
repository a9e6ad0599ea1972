"""What may be in place in somebody's life, as they say, and which help fits what they want now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.referrals.rules.kinds import Need


class Part(StrEnum):
    """One part of life that others may be connected to."""

    HOUSING = "housing"
    HEALTH_CARE = "health_care"
    MEDICINE = "medicine"
    INCOME = "income"
    DOCUMENTS = "documents"
    PHONE = "phone"
    FOOD = "food"
    PEOPLE = "people"
    SAFETY = "safety"
    LEGAL = "legal"


class Status(StrEnum):
    """How things stand with one part, as the participant says; what was not asked has none."""

    IN_PLACE = "in_place"
    WORKING_ON_IT = "working_on_it"
    WANTED_NOW = "wanted_now"
    NOT_YET = "not_yet"
    NOT_WANTED = "not_wanted"


STATUSES: dict[Status, Message] = {
    Status.IN_PLACE: message("In place"),
    Status.WORKING_ON_IT: message("Working on it"),
    Status.WANTED_NOW: message("Wanted now"),
    Status.NOT_YET: message("Not yet"),
    Status.NOT_WANTED: message("Not wanted"),
}


@dataclass(frozen=True, kw_only=True)
class PartWords:
    """What one part is called, what to ask about it, and the need of a referral that fits."""

    name: Message
    question: Message
    need: Need


PARTS: dict[Part, PartWords] = {
    Part.HOUSING: PartWords(
        name=message("Housing"), question=message("A place to live that is yours to stay in"), need=Need.HOUSING
    ),
    Part.HEALTH_CARE: PartWords(
        name=message("Health care"),
        question=message("A doctor or nurse whom you trust and can see"),
        need=Need.PRIMARY_CARE,
    ),
    Part.MEDICINE: PartWords(
        name=message("Medicine"), question=message("Methadone, buprenorphine or other medicine"), need=Need.MOUD
    ),
    Part.INCOME: PartWords(
        name=message("Work or income"), question=message("Money that comes in, or work that suits you"), need=Need.WORK
    ),
    Part.DOCUMENTS: PartWords(
        name=message("Papers"), question=message("ID and other papers, safe and at hand"), need=Need.ID_DOCUMENTS
    ),
    Part.PHONE: PartWords(name=message("Phone"), question=message("A phone that works, with charge"), need=Need.PHONE),
    Part.FOOD: PartWords(name=message("Food"), question=message("Enough to eat, most days"), need=Need.FOOD),
    Part.PEOPLE: PartWords(
        name=message("People in your corner"),
        question=message("Somebody to call, who is on your side"),
        need=Need.PEER_SUPPORT,
    ),
    Part.SAFETY: PartWords(
        name=message("Safety"), question=message("Safe where you sleep, and with whom you are"), need=Need.SAFETY
    ),
    Part.LEGAL: PartWords(
        name=message("Legal help"), question=message("Help with court, records or rights"), need=Need.LEGAL
    ),
}


class CannotTell(DomainError):
    """Something told about somebody's life that cannot be."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """How things stand with one part, and on which day they said so."""

    part: Part
    status: Status
    told_on: date


@dataclass(frozen=True, kw_only=True)
class Connections:
    """What a participant says on one day: one status for each part, None for one that they would rather leave out.

    A part that is not named keeps what was told before. Both ids are rows. Sent twice, it is told once.
    """

    participant_id: int
    site_id: int
    statuses: Mapping[Part, Status | None]
    told_on: date


def latest(told: Iterable[Told]) -> dict[Part, Told]:
    """Return the last word on each part, in the order of the page; of one day, the later in the list."""
    found: dict[Part, Told] = {}
    for each in told:
        if each.part not in found or each.told_on >= found[each.part].told_on:
            found[each.part] = each
    return {part: found[part] for part in Part if part in found}


def check_told_on(told_on: date, *, today: date) -> None:
    """Refuse a day that has not come yet."""
    if told_on > today:
        raise CannotTell(message("This day has not come yet. Choose today or a day before."))
