"""What is open after a conversation, and what the house can do about a plan in the same sitting. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from harmreduction.assessments.rules.cards import Offer, Step
from harmreduction.assessments.rules.plan_words import find_menu_step, step_words
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Draft, Loop, LoopEnd, LoopKind
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.referrals.rules.kinds import NEED_OF_OFFER, Need

FURTHEST_AHEAD = timedelta(days=366)
WORDS_LENGTH = 300

LOOP_KINDS: dict[LoopKind, Message] = {
    LoopKind.FOLLOW_UP: message("A follow-up that was agreed"),
    LoopKind.TEACH_BACK: message("Practise what to do when somebody goes over"),
    LoopKind.REFERRAL: message("A referral that is under way"),
    LoopKind.SUPPLIES: message("Something for another day"),
    LoopKind.SAME_DAY: message("Help on the same day"),
}
LOOP_ENDS: dict[LoopEnd, Message] = {
    LoopEnd.DONE: message("Done"),
    LoopEnd.NOT_WANTED: message("Not wanted any more"),
    LoopEnd.NOT_REACHED: message("Not reached"),
}
# What is handed out, by the category of its items; anything else is "supplies".
OFFER_OF_CATEGORY = {"naloxone": Offer.NALOXONE, "test_strip": Offer.STRIPS}
# What a service offers that fits a need, by the codes of the directory's terms.
OFFER_OF_NEED = {need: offer for offer, need in NEED_OF_OFFER.items()} | {
    Need.METHADONE: "moud",
    Need.DETOX: "treatment",
    Need.HEPATITIS_C: "testing",
    Need.HIV: "testing",
}
HANDED_OUT = frozenset({Offer.NALOXONE, Offer.STRIPS, Offer.SUPPLIES})


class SameDayWay(StrEnum):
    """One thing that can be done at once for somebody who does not want to wake up, or is not sure."""

    TALK_NOW = "talk_now"
    CALL_TOGETHER = "call_together"
    WALK_TOGETHER = "walk_together"
    MAKE_DISTANCE = "make_distance"
    STAY = "stay"


SAME_DAY_WAYS: dict[SameDayWay, Message] = {
    SameDayWay.TALK_NOW: message("Somebody here talks with you now"),
    SameDayWay.CALL_TOGETHER: message("We call a line together"),
    SameDayWay.WALK_TOGETHER: message("We go with you to a service, or call it first"),
    SameDayWay.MAKE_DISTANCE: message("We think about how to keep what could harm you further away"),
    SameDayWay.STAY: message("Somebody stays with you"),
}


class Due(StrEnum):
    """When somebody looks after what is open."""

    PAST = "past"
    TODAY = "today"
    LATER = "later"
    NEXT_TIME = "next_time"


class CannotFollowUp(DomainError):
    """A day on which nobody could follow up."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A line of the plan, in words, with what the house can do about it now.

    need: of a referral, where one fits. later_id: of the loop that puts it off to another day, which is_for_later
    says is there.
    """

    step_id: str
    words: str
    offers: tuple[Offer, ...]
    need: str | None
    later_id: str
    is_for_later: bool

    @property
    def is_handed_out(self) -> bool:
        """Say whether something of the house's stock belongs to it."""
        return bool(HANDED_OUT.intersection(self.offers))


def offered(draft: Draft) -> tuple[Offered, ...]:
    """Return the lines of the plan about which something can be done in the same sitting, in the plan's order."""
    lines = (_offered(draft, step) for step in draft.steps)
    return tuple(line for line in lines if line is not None)


def _offered(draft: Draft, line: PlanStep) -> Offered | None:
    """Return what can be done about a line; None for one that the participant does alone."""
    step = find_menu_step(line, draft.cards)
    if step is None or not step.offers:
        return None
    later_id = loop_id_of(draft, LoopKind.SUPPLIES, line.step_id)
    return Offered(
        step_id=line.step_id,
        words=step_words(line, draft.cards, draft.language),
        offers=_offers(step),
        need=step.need,
        later_id=later_id,
        is_for_later=find_loop(draft, later_id) is not None,
    )


def _offers(step: Step) -> tuple[Offer, ...]:
    """Return what can be done about a step; where no kind of service is meant, staff do it, and a day is agreed."""
    is_staff_s = step.need == Need.OTHER
    return tuple(Offer.FOLLOW_UP if each is Offer.REFERRAL and is_staff_s else each for each in step.offers)


def offers_in(draft: Draft) -> frozenset[Offer]:
    """Return everything that the plan asks of the house."""
    return frozenset(offer for line in offered(draft) for offer in line.offers)


def needs_in(draft: Draft) -> tuple[str, ...]:
    """Return the needs for which the plan holds a referral, each once."""
    return tuple(dict.fromkeys(line.need for line in offered(draft) if line.need and Offer.REFERRAL in line.offers))


def rank_of(categories: frozenset[str], wanted: frozenset[Offer]) -> int:
    """Return the place of something to hand out among the others: what the plan asks for comes first."""
    offers = {OFFER_OF_CATEGORY.get(category, Offer.SUPPLIES) for category in categories}
    return 0 if offers & (wanted - {Offer.SUPPLIES}) else 1


def loop_id_of(draft: Draft, kind: LoopKind, about: str = "") -> str:
    """Return the id of a loop of which a sitting has one at most, or one about each step."""
    return str(uuid5(UUID(draft.version_id), f"{kind.value}|{about}"))


def find_loop(draft: Draft, loop_id: str) -> Loop | None:
    """Return one of the loops of a draft, if it is there."""
    return next((loop for loop in draft.loops if loop.loop_id == loop_id), None)


def with_loop(draft: Draft, loop: Loop) -> Draft:
    """Return the draft with a loop; one with the same id, from a page that was sent twice, is replaced in its place."""
    if loop.referral_id:
        draft = replace(draft, referrals=tuple(dict.fromkeys((*draft.referrals, loop.referral_id))))
    if find_loop(draft, loop.loop_id) is None:
        return replace(draft, loops=(*draft.loops, loop))
    return replace(draft, loops=tuple(loop if each.loop_id == loop.loop_id else each for each in draft.loops))


def without_loop(draft: Draft, loop_id: str) -> Draft:
    """Return the draft without a loop."""
    return replace(draft, loops=tuple(loop for loop in draft.loops if loop.loop_id != loop_id))


def not_shown_back(acts: Mapping[str, bool | None]) -> tuple[str, ...]:
    """Return the acts that were talked about and not shown back yet."""
    return tuple(act for act, is_shown in acts.items() if not is_shown)


def after_practice(draft: Draft, waiting: str) -> Draft:
    """Return the draft after acts were practised; waiting: those that are still to be shown back, in words."""
    loop_id = loop_id_of(draft, LoopKind.TEACH_BACK)
    if not waiting:
        return without_loop(draft, loop_id)
    return with_loop(draft, Loop(loop_id=loop_id, kind=LoopKind.TEACH_BACK, words=waiting))


def for_later(draft: Draft, step_id: str) -> Draft:
    """Return the draft with a line of the plan put off to another day; a line that is gone changes nothing."""
    line = next((line for line in offered(draft) if line.step_id == step_id), None)
    if line is None:
        return draft
    loop_id = loop_id_of(draft, LoopKind.SUPPLIES, step_id)
    return with_loop(draft, Loop(loop_id=loop_id, kind=LoopKind.SUPPLIES, words=line.words))


def check_follow_up(day: date | None, *, today: date) -> None:
    """Refuse a day that has passed, or one in some year to come; without a day it is when they come by next."""
    if day is not None and not today <= day <= today + FURTHEST_AHEAD:
        raise CannotFollowUp(message("Choose today or a day within a year."))


def due(due_on: date | None, *, today: date) -> Due:
    """Return when somebody looks after it."""
    if due_on is None:
        return Due.NEXT_TIME
    if due_on == today:
        return Due.TODAY
    return Due.PAST if due_on < today else Due.LATER
