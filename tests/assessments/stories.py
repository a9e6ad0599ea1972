"""Conversations and results of instruments as they are kept, for tests; every word here is made up."""

from datetime import date

from sqlalchemy import select

from harmreduction.assessments.card_sets import as_json, digest_of, release_set
from harmreduction.assessments.models import (
    CardAnswer,
    CardChoice,
    CardSetVersion,
    Conversation,
    ConversationVersion,
    InstrumentAnswer,
    InstrumentResult,
    OpenLoop,
    PlanLine,
)
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.sealing import seal
from harmreduction.participants.models import Participant
from harmreduction.sites.models import Site

WORDS = "the kettle is always on at the lamplighter"
PLAN_WORDS = "a knock on the wall, then the green scarf"


def release_version(on: date) -> CardSetVersion:
    """Return the set of this release as it is kept with the first conversation that was held with it."""
    found = db.session.scalar(select(CardSetVersion).where(CardSetVersion.fingerprint == digest_of(release_set())))
    if found is None:
        with transaction():
            found = CardSetVersion(
                number=1,
                fingerprint=digest_of(release_set()),
                contents=as_json(release_set()),
                is_of_programme=False,
                made_on=on,
                made_by="test",
            )
            db.session.add(found)
            db.session.flush()
    return found


def a_talk_kept(
    site: Site,
    *,
    on: date,
    participant: Participant | None = None,
    of: Conversation | None = None,
    chosen: dict[str, tuple[str, ...]] | None = None,
    steps: tuple[str | None, ...] = ("someone_checks",),
    review_on: date | None = None,
) -> Conversation:
    """Keep a conversation, or one more version of it, with an answer to each of these cards and a plan."""
    cards = release_set()
    with transaction():
        conversation = of or Conversation(
            public_id=new_id(),
            site_id=site.id,
            participant_id=participant and participant.id,
            plan_number=None if participant else new_id()[:12],
        )
        db.session.add(conversation)
        db.session.flush()
        version = ConversationVersion(
            public_id=new_id(),
            conversation_id=conversation.id,
            number=len(conversation.versions) + 1,
            fingerprint=fingerprint({"talk": new_id()}),
            held_on=on,
            card_set_id=release_version(on).id,
            recorded_by_id=None,
            language="en",
            situation="using",
            wishes="more_time",
            sign_off="yes",
            review_on=review_on,
        )
        version.goal_sealed = _sealed(WORDS, "conversation_version", "goal", version.public_id)
        for position, (code, options) in enumerate((chosen or {"alone": ("most",)}).items()):
            version.answers.append(
                _answer(code, options, position, {o.code: o.is_concern for o in cards.card(code).options})
            )
        for position, step in enumerate(steps):
            version.steps.append(_line(step, position))
        db.session.add(version)
        db.session.add(_loop(conversation, on))
    return conversation


def a_result_kept(site: Site, participant: Participant, *, on: date) -> InstrumentResult:
    """Keep somebody's answers to an instrument."""
    with transaction():
        result = InstrumentResult(
            public_id=new_id(),
            site_id=site.id,
            participant_id=participant.id,
            instrument="barc10",
            edition=1,
            taken_on=on,
            answers=[InstrumentAnswer(item="q1", answer=3)],
        )
        db.session.add(result)
    return result


def _answer(code: str, options: tuple[str, ...], position: int, concerns: dict[str, bool]) -> CardAnswer:
    """Return an answer with options and words of both voices."""
    answer = CardAnswer(public_id=new_id(), card=code, position=position, reply="answered", is_still_true=True)
    answer.words_sealed = _sealed(WORDS, "card_answer", "words", answer.public_id)
    answer.staff_words_sealed = _sealed(WORDS, "card_answer", "staff_words", answer.public_id)
    answer.earlier_sealed = _sealed(f'["{WORDS}"]', "card_answer", "earlier", answer.public_id)
    answer.staff_earlier_sealed = _sealed(f'["{WORDS}"]', "card_answer", "staff_earlier", answer.public_id)
    answer.choices = [
        CardChoice(option=option, position=number, is_concern=concerns[option]) for number, option in enumerate(options)
    ]
    return answer


def _line(step: str | None, position: int) -> PlanLine:
    """Return a line of a plan: a step of the menu, or (None) an idea of the participant's own."""
    known = release_set().steps[step] if step else None
    line = PlanLine(
        public_id=new_id(),
        step_id=new_id(),
        position=position,
        domain=known.domain.value if known else "practices",
        card="alone" if known else None,
        option=step,
        importance=8,
        confidence=5,
        is_on_paper=True,
    )
    for name in ("words", "when", "place", "helper"):
        setattr(line, f"{name}_sealed", _sealed(PLAN_WORDS, "plan_line", name, line.public_id))
    return line


def _loop(conversation: Conversation, on: date) -> OpenLoop:
    """Return a follow-up that was agreed on."""
    loop = OpenLoop(
        public_id=new_id(),
        conversation_id=conversation.id,
        site_id=conversation.site_id,
        kind="follow_up",
        opened_on=on,
        due_on=on,
    )
    loop.words_sealed = _sealed(PLAN_WORDS, "open_loop", "words", loop.public_id)
    return loop


def _sealed(text: str, table: str, column: str, row: str) -> bytes:
    """Return a text as it stands in a row."""
    return seal(text, table=table, column=column, row=row)
