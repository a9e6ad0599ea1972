"""Read conversations that were kept: each version as it was held, with the cards of then."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harmreduction.assessments.card_sets import read_card_set
from harmreduction.assessments.models import CardAnswer, Conversation, ConversationVersion, PlanLine
from harmreduction.assessments.rules.cards import Domain, Situation
from harmreduction.assessments.rules.changes import Held
from harmreduction.assessments.rules.plan_numbers import find_plan_number
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Answer, Reply, SignOff, Wish
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import ids_of_group, may_see, own_site_ids, stands_for

WHOLE = (
    selectinload(ConversationVersion.answers).selectinload(CardAnswer.choices),
    selectinload(ConversationVersion.steps),
    selectinload(ConversationVersion.card_set),
)


@dataclass(frozen=True, kw_only=True)
class KeptVersion(Held):
    """One version as both read it. order: the cards as they were opened. Past its time, it has no words any more."""

    public_id: str
    number: int
    language: str
    wishes: frozenset[Wish]
    order: tuple[str, ...]
    sign_off: SignOff | None
    review_on: date | None
    plan_number: str | None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A conversation that was kept; versions: oldest first, at least one."""

    conversation: Conversation
    versions: Sequence[KeptVersion]

    @property
    def latest(self) -> KeptVersion:
        """Return the last version."""
        return self.versions[-1]

    def until(self, version: KeptVersion) -> tuple[KeptVersion, ...]:
        """Return a version with all those before it, oldest first."""
        return tuple(each for each in self.versions if each.number <= version.number)

    def situation_at(self, version: KeptVersion) -> Situation | None:
        """Return how things were at a version, as far as it was said then or before."""
        return next((each.situation for each in reversed(self.until(version)) if each.situation), None)

    def said_before(self, version: KeptVersion) -> dict[str, KeptVersion]:
        """Return the cards that were answered before and not at this time, each with the version that says how."""
        said = {code: each for each in self.until(version) for code in each.order}
        return {code: each for code, each in said.items() if code not in version.answers}

    def version(self, public_id: str) -> KeptVersion:
        """Return a version by its public id; raises NotFound for one that is not of this conversation."""
        found = next((each for each in self.versions if each.public_id == public_id), None)
        if found is None:
            raise NotFound(message("There is no such version."))
        return found

    def before(self, version: KeptVersion) -> KeptVersion | None:
        """Return the version before another, if there is one."""
        return next((each for each in reversed(self.versions) if each.number < version.number), None)


def get_conversation(actor: Actor, public_id: str) -> Conversation:
    """Return a conversation of a site that a person works for; another's is as good as none."""
    conversation = db.session.scalar(select(Conversation).where(Conversation.public_id == public_id))
    if conversation is None or not _may_see(actor, conversation):
        raise NotFound(message("There is no such conversation."))
    return conversation


def get_kept(actor: Actor, public_id: str) -> Kept:
    """Return a conversation with all its versions."""
    return read_kept(get_conversation(actor, public_id))


def read_kept(conversation: Conversation) -> Kept:
    """Return a conversation with all its versions, whoever may see it."""
    rows = select(ConversationVersion).where(ConversationVersion.conversation_id == conversation.id).options(*WHOLE)
    versions = [_version(row, conversation) for row in db.session.scalars(rows.order_by(ConversationVersion.number))]
    return Kept(conversation=conversation, versions=versions)


def find_by_plan_number(actor: Actor, typed: str) -> Conversation | None:
    """Return the conversation with exactly this plan number, however it was typed, if this person may see it."""
    number = find_plan_number(typed)
    found = db.session.scalar(select(Conversation).where(Conversation.plan_number == number)) if number else None
    return found if found is not None and _may_see(actor, found) else None


def find_whose(actor: Actor, conversation: Conversation) -> Participant | None:
    """Return the participant whose conversation it is, for those who may look at them."""
    if conversation.participant_id is None:
        return None
    participant = stands_for(db.session.get_one(Participant, conversation.participant_id))
    return participant if may_see(actor, participant) else None


def list_kept_of(actor: Actor, participant: Participant) -> list[Kept]:
    """Return the conversations of a person, with whoever was joined with them, at own sites; the latest first."""
    found = select(Conversation).where(
        Conversation.participant_id.in_(ids_of_group(participant)), Conversation.site_id.in_(own_site_ids(actor))
    )
    kept = [read_kept(conversation) for conversation in db.session.scalars(found.order_by(Conversation.id))]
    return sorted(kept, key=lambda each: each.latest.held_on, reverse=True)


def _may_see(actor: Actor, conversation: Conversation) -> bool:
    """Conversations are for those who hold them, at their own sites."""
    return actor.may(Permission.HOLD_CONVERSATIONS) and actor.works_at(conversation.site_id)


def _version(row: ConversationVersion, conversation: Conversation) -> KeptVersion:
    """Return a version with its words."""
    return KeptVersion(
        public_id=row.public_id,
        number=row.number,
        held_on=row.held_on,
        cards=read_card_set(row.card_set.contents),
        language=row.language,
        situation=Situation(row.situation) if row.situation else None,
        wishes=frozenset(Wish(wish) for wish in row.wishes.split(",") if wish in list(Wish)),
        order=tuple(answer.card for answer in row.answers),
        answers=_answers(row),
        steps=tuple(_step(line) for line in row.steps),
        goal=_opened(row, "goal"),
        sign_off=SignOff(row.sign_off) if row.sign_off else None,
        review_on=row.review_on,
        plan_number=conversation.plan_number,
    )


def _answers(row: ConversationVersion) -> Mapping[str, Answer]:
    """Return what was said, by card."""
    return {
        answer.card: Answer(
            card=answer.card,
            reply=Reply(answer.reply) if answer.reply else None,
            chosen=tuple(choice.option for choice in answer.choices),
            words=_opened(answer, "words"),
            staff_words=_opened(answer, "staff_words"),
            earlier=tuple(json.loads(_opened(answer, "earlier") or "[]")),
            staff_earlier=tuple(json.loads(_opened(answer, "staff_earlier") or "[]")),
            is_still_true=answer.is_still_true,
        )
        for answer in row.answers
    }


def _step(line: PlanLine) -> PlanStep:
    """Return one line of the plan."""
    return PlanStep(
        step_id=line.step_id,
        domain=Domain(line.domain),
        card=line.card,
        option=line.option,
        words=_opened(line, "words"),
        when=_opened(line, "when"),
        place=_opened(line, "place"),
        helper=_opened(line, "helper"),
        importance=line.importance,
        confidence=line.confidence,
        is_on_paper=line.is_on_paper,
    )


def _opened(row: ConversationVersion | CardAnswer | PlanLine, column: str) -> str:
    """Return the words of a sealed column, or nothing where nothing was said."""
    sealed = getattr(row, f"{column}_sealed")
    return unseal(sealed, table=row.__tablename__, column=column, row=row.public_id) if sealed else ""
