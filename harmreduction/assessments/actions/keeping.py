"""Keep a conversation as its participant wants it kept: everything or nothing of it, once however often it is asked."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid5

from sqlalchemy import Table, func, insert, select

from harmreduction.assessments import drafts
from harmreduction.assessments.actions.card_sets import ensure_card_set
from harmreduction.assessments.actions.plan_numbers import draw_plan_number
from harmreduction.assessments.actions.together import settle_visit
from harmreduction.assessments.models import (
    CardAnswer,
    CardChoice,
    Conversation,
    ConversationVersion,
    OpenLoop,
    PlanLine,
)
from harmreduction.assessments.rules.keeping import is_same_person, is_with_code, said_in
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Answer, Draft, Keeping, Loop
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, new_id, transaction
from harmreduction.core.errors import DomainError, NotAllowed
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.core.sealing import seal
from harmreduction.participants.actions.people import find_to_point_to, note_at_site
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import find_participant, ids_of_group, may_see, stands_for
from harmreduction.referrals.models import Referral
from harmreduction.sites.models import Site

CONVERSATION, VERSION, ANSWER, CHOICE, LINE, LOOP = (
    cast(Table, model.__table__)
    for model in (Conversation, ConversationVersion, CardAnswer, CardChoice, PlanLine, OpenLoop)
)


class CodeGone(DomainError):
    """It was to be kept with a code, and whoever had that code was forgotten meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            message(
                "This code leads to nobody here any more, so nothing is kept yet."
                " Keep it without a code, keep nothing, or show another code."
            )
        )


@dataclass(frozen=True, kw_only=True)
class KeptAs:
    """Under which public id a conversation was kept, and its plan number where it has no code."""

    conversation_id: str
    plan_number: str | None


def end_conversation(draft_id: str, *, keeping: Keeping, by: Actor, at: datetime) -> KeptAs | None:
    """Keep a conversation that runs, or nothing of it, as was decided on this page; then it is erased from memory.

    Where it cannot be saved it stays there. Returns None where nothing was kept.
    """

    def end(running: Draft) -> KeptAs | None:
        draft = replace(running, keeping=keeping)  # another page may have decided otherwise meanwhile
        settle_visit(draft, by=by)
        return None if draft.keeping is Keeping.NOTHING else keep(draft, by=by, at=at)

    return drafts.finish_draft(draft_id, end, by=by)


def keep(draft: Draft, *, by: Actor, at: datetime) -> KeptAs:
    """Write a conversation down as a version of its own: of the one that goes on, or of a new one.

    Sent again, it is kept once. Raises CodeGone where the participant is not there any more: they decide anew.
    """
    if not by.works_at(draft.site_id):
        raise NotAllowed(
            message(
                "You work at the site of this conversation no more, so it cannot be kept there."
                " Print it, or ask your administrator to add you to the site again."
            )
        )
    mark = keyed_digest("conversation", json.dumps(said_in(draft), sort_keys=True))
    with transaction():
        participant = _participant(draft, by=by)
        if participant is None and draft.keeping is Keeping.WITH_CODE:
            raise CodeGone
        version_id = _free_id(draft.version_id, mark)
        kept = _kept_before(version_id)
        if kept is None:
            today = clock.today(db.session.get_one(Site, draft.site_id).time_zone, at)
            kept = _conversation(draft, participant)
            _write(draft, kept, version_id, mark, today=today, by=by)
            if participant is not None:
                note_at_site(participant, draft.site_id, at=at)
            record(Event.CONVERSATION_KEPT, by=by, subject=kept.public_id, site_id=kept.site_id)
        return KeptAs(conversation_id=kept.public_id, plan_number=kept.plan_number)


def _participant(draft: Draft, *, by: Actor) -> Participant | None:
    """Return whoever stands for the participant now, where it is kept with their code and they are there."""
    found = find_participant(draft.participant_id or "") if is_with_code(draft) else None
    if found is None or not may_see(by, stands_for(found)):
        return None
    return find_to_point_to(stands_for(found).id)


def _free_id(version_id: str, mark: str) -> str:
    """Return under which id a version is kept: its own, or another one if more was said since that was kept."""
    kept = db.session.scalar(select(VERSION.c.fingerprint).where(VERSION.c.public_id == version_id))
    return version_id if kept in (None, mark) else str(uuid5(UUID(version_id), mark))


def _kept_before(version_id: str) -> Conversation | None:
    """Return the conversation of a version that was kept already."""
    version = db.session.scalar(select(ConversationVersion).where(ConversationVersion.public_id == version_id))
    return None if version is None else version.conversation


def _conversation(draft: Draft, participant: Participant | None) -> Conversation:
    """Return the conversation that goes on, where it is the same person's; else a new one."""
    ids = [] if participant is None else ids_of_group(participant)
    public_id = draft.earlier.conversation_id if draft.earlier else ""
    going_on = select(Conversation).where(Conversation.public_id == public_id, Conversation.site_id == draft.site_id)
    found = db.session.scalar(going_on.with_for_update())  # two who keep versions of it stand in line
    if found is not None and is_same_person(found.participant_id, ids):
        return found
    return _new_conversation(draft.site_id, participant)


def _new_conversation(site_id: int, participant: Participant | None) -> Conversation:
    """Begin a conversation that is kept, with a code or with a plan number that nobody has yet."""
    row: dict[str, object] = {"public_id": new_id(), "site_id": site_id, "participant_id": None, "plan_number": None}
    if participant is not None:
        row["participant_id"] = participant.id
    row_id = None
    while row_id is None:  # a number that was drawn before is drawn anew; one such in a row is already rare
        if participant is None:
            row["plan_number"] = draw_plan_number()
        row_id = db.session.scalar(insert_if_new(CONVERSATION).returning(CONVERSATION.c.id), row)
    return db.session.get_one(Conversation, row_id)


def _write(draft: Draft, kept: Conversation, version_id: str, mark: str, *, today: date, by: Actor) -> None:
    """Write a version with everything that belongs to it."""
    last = db.session.scalar(select(func.max(VERSION.c.number)).where(VERSION.c.conversation_id == kept.id)) or 0
    steps = draft.steps if last or draft.earlier is None else _with_own_ids(draft.steps)
    row = {
        "public_id": version_id,
        "conversation_id": kept.id,
        "number": last + 1,
        "fingerprint": mark,
        "held_on": today,
        "card_set_id": ensure_card_set(draft.cards, today=today),
        "recorded_by_id": by.account_id,
        "language": draft.language,
        "situation": draft.situation and draft.situation.value,
        "wishes": ",".join(sorted(draft.wishes)),
        "goal_sealed": _sealed(VERSION, "goal", version_id, draft.goal),
        "sign_off": draft.sign_off and draft.sign_off.value,
        "review_on": draft.review_on,
    }
    row_id = int(db.session.execute(insert(VERSION).returning(VERSION.c.id), row).scalar_one())
    for position, code in enumerate(draft.order):
        if code in draft.answers:
            _write_answer(draft, draft.answers[code], row_id, position)
    _insert(LINE, (_line(step, row_id, position) for position, step in enumerate(steps)))
    for loop in draft.loops:
        db.session.execute(insert_if_new(LOOP), _loop(loop, kept, today=today, by=by))


def _write_answer(draft: Draft, answer: Answer, version_id: int, position: int) -> None:
    """Write down what was said to one card; skipped is written as skipped, and a card that was not opened nowhere."""
    public_id = new_id()
    row = {
        "public_id": public_id,
        "version_id": version_id,
        "card": answer.card,
        "position": position,
        "reply": answer.reply and answer.reply.value,
        "words_sealed": _sealed(ANSWER, "words", public_id, answer.words),
        "staff_words_sealed": _sealed(ANSWER, "staff_words", public_id, answer.staff_words),
        "earlier_sealed": _sealed(ANSWER, "earlier", public_id, _listed(answer.earlier)),
        "staff_earlier_sealed": _sealed(ANSWER, "staff_earlier", public_id, _listed(answer.staff_earlier)),
        "is_still_true": answer.is_still_true,
    }
    answer_id = db.session.execute(insert(ANSWER).returning(ANSWER.c.id), row).scalar_one()
    card = draft.cards.card(answer.card)
    _insert(
        CHOICE,
        (
            {
                "answer_id": answer_id,
                "option": code,
                "position": place,
                "is_concern": bool(card and (option := card.option(code)) and option.is_concern),
            }
            for place, code in enumerate(answer.chosen)
        ),
    )


def _line(step: PlanStep, version_id: int, position: int) -> dict[str, object]:
    """Return the columns of a line of the plan."""
    public_id = new_id()
    texts = {"words": step.words, "when": step.when, "place": step.place, "helper": step.helper}
    return {
        "public_id": public_id,
        "version_id": version_id,
        "step_id": step.step_id,
        "position": position,
        "domain": step.domain.value,
        "card": step.card,
        "option": step.option,
        "importance": step.importance,
        "confidence": step.confidence,
        "is_on_paper": step.is_on_paper,
        **{f"{column}_sealed": _sealed(LINE, column, public_id, text) for column, text in texts.items()},
    }


def _loop(loop: Loop, kept: Conversation, *, today: date, by: Actor) -> dict[str, object]:
    """Return the columns of what is open still."""
    return {
        "public_id": loop.loop_id,
        "conversation_id": kept.id,
        "site_id": kept.site_id,
        "kind": loop.kind.value,
        "words_sealed": _sealed(LOOP, "words", loop.loop_id, loop.words),
        "opened_on": today,
        "due_on": loop.due_on,
        "referral_id": _referral_id(loop, kept),
        "ended": loop.ended and loop.ended.value,
        "ended_on": today if loop.ended else None,
        "recorded_by_id": by.account_id,
    }


def _with_own_ids(steps: Iterable[PlanStep]) -> list[PlanStep]:
    """Return lines under new ids, so that none leads to the conversation of another code from which they come."""
    return [replace(step, step_id=new_id()) for step in steps]


def _referral_id(loop: Loop, kept: Conversation) -> int | None:
    """Return the referral that it waits for, unless that would tell whose conversation it is."""
    found = db.session.scalar(select(Referral).where(Referral.public_id == (loop.referral_id or "")))
    tells_nothing = found is not None and found.participant_id in (None, kept.participant_id)
    return found.id if found is not None and tells_nothing else None


def _insert(table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows, if there are any."""
    if listed := [dict(row) for row in rows]:
        db.session.execute(insert(table), listed)


def _sealed(table: Table, column: str, row: str, text: str) -> bytes | None:
    """Return a text sealed for its row, or None where nothing was said."""
    return seal(text, table=table.name, column=column, row=row) if text else None


def _listed(texts: tuple[str, ...]) -> str:
    """Return several wordings as one text, or nothing for none."""
    return json.dumps(texts, ensure_ascii=False) if texts else ""
