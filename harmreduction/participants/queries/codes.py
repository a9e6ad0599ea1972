"""Look for participants by the digests of their codes; what was typed comes here only to be digested."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.participants.digests import keyed_code
from harmreduction.participants.models import Participant, ParticipantCode
from harmreduction.participants.queries.people import ids_of_group, known_since, may_see, stands_for
from harmreduction.participants.rules.codes import LETTERS, LIKELY, CodeKind, KeyedCode, TypedCode
from harmreduction.settings.queries import current_settings
from harmreduction.sites.queries import list_sites


class Outcome(StrEnum):
    """What came of looking for a code; NEW also stands for codes of other sites, so that nobody learns of those."""

    FOUND = "found"
    WHICH_LETTER = "which_letter"
    EARLIER_RECIPE = "earlier_recipe"
    NEAR = "near"
    NEW = "new"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who may be meant: since when they are known at the reader's sites, and the letter they remember."""

    participant: Participant
    since: date | None
    letter: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of looking for a code, and who may be meant; only participants of the reader's own sites are."""

    outcome: Outcome
    keyed: KeyedCode
    candidates: tuple[Candidate, ...] = ()

    @property
    def participant(self) -> Participant | None:
        """Return whose code it is, where that is certain."""
        return self.candidates[0].participant if self.outcome is Outcome.FOUND else None


def find_by_code(actor: Actor, typed: TypedCode) -> Participant | None:
    """Return the participant of a person's own sites who has exactly this code, if one alone has it.

    Nothing is counted here: pages use `actions.codes.look_up`, which holds the limit.
    """
    return look_for(actor, keyed_code(typed, current_settings())).participant


def look_for(actor: Actor, keyed: KeyedCode) -> Found:
    """Return who has a code, or may have one that is a slip away, among the participants of a person's own sites."""
    exact = _holders(actor, keyed, keyed.all_lettered())
    if exact:
        is_certain = len(exact) == 1 and (exact[0].letter == LETTERS[0] or keyed.kind is CodeKind.PHRASE)
        outcome = Outcome.FOUND if is_certain else Outcome.WHICH_LETTER
        return Found(outcome=outcome, keyed=keyed, candidates=exact)
    for outcome, digests in ((Outcome.EARLIER_RECIPE, keyed.earlier), (Outcome.NEAR, keyed.nearest)):
        candidates = _holders(actor, keyed, digests)
        if 1 <= len(candidates) <= LIKELY:
            return Found(outcome=outcome, keyed=keyed, candidates=candidates)
    is_new = keyed.kind is not CodeKind.CARD or is_in_use_or_blank(keyed)
    return Found(outcome=Outcome.NEW if is_new else Outcome.NOT_OURS, keyed=keyed)


def find_code(digests: Collection[str], *, for_change: bool = False) -> ParticipantCode | None:
    """Return the code that has one of these digests, ended ones too.

    for_change: nobody else changes it until the transaction ends.
    """
    wanted = select(ParticipantCode).where(ParticipantCode.code_digest.in_(digests)).order_by(ParticipantCode.id)
    if for_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(wanted.limit(1)).first()


def is_in_use_or_blank(keyed: KeyedCode) -> bool:
    """Say whether a card with this code was printed and has not ended; whose it is, and where, stays unsaid."""
    code = find_code(keyed.plain)
    return code is not None and code.ended_on is None


def holds(participant: Participant, keyed: KeyedCode) -> bool:
    """Say whether a code is a participant's, or that of somebody merged with them, and in use."""
    in_use = select(ParticipantCode.id).where(
        ParticipantCode.code_digest.in_([*keyed.all_lettered()]),
        ParticipantCode.participant_id.in_(ids_of_group(participant)),
        ParticipantCode.ended_on.is_(None),
    )
    return db.session.scalar(in_use.limit(1)) is not None


def list_codes_seen_by(actor: Actor, participant: Participant) -> Sequence[ParticipantCode] | None:
    """Return the codes of a participant, for those who work at every site; to others they would tell of other sites."""
    return list_codes(participant) if all(actor.works_at(site.id) for site in list_sites()) else None


def list_codes(participant: Participant) -> Sequence[ParticipantCode]:
    """Return the codes of a participant and of those merged into them, in use first, then latest first."""
    theirs = select(ParticipantCode).where(ParticipantCode.participant_id.in_(ids_of_group(participant)))
    in_use_first = ParticipantCode.ended_on.is_not(None)
    return db.session.scalars(theirs.order_by(in_use_first, ParticipantCode.id.desc())).all()


def has_recipe_codes() -> bool:
    """Say whether digests of answers are there, whether or not the programme still uses such codes."""
    answers = select(ParticipantCode.id).where(ParticipantCode.kind == CodeKind.RECIPE)
    return db.session.scalar(answers.limit(1)) is not None


def count_codes_by_key() -> dict[str, int]:
    """Return how many codes there are with each key, by its mark; blank cards count too."""
    counted = select(ParticipantCode.key_mark, func.count()).group_by(ParticipantCode.key_mark)
    return {mark: count for mark, count in db.session.execute(counted)}


def _holders(actor: Actor, keyed: KeyedCode, digests: Iterable[str]) -> tuple[Candidate, ...]:
    """Return who of a person's own sites has a code with one of these digests; nobody stands twice."""
    wanted = [*digests]
    if not wanted:
        return ()
    held = select(ParticipantCode).where(
        ParticipantCode.code_digest.in_(wanted),
        ParticipantCode.participant_id.is_not(None),
        ParticipantCode.ended_on.is_(None),
    )
    found: dict[int, Candidate] = {}
    for code in db.session.scalars(held.order_by(ParticipantCode.id)):
        participant = stands_for(db.session.get_one(Participant, code.participant_id))
        if participant.id not in found and may_see(actor, participant):
            found[participant.id] = Candidate(
                participant=participant,
                since=known_since(actor, participant),
                letter=keyed.letter_of(code.code_digest),
            )
    return tuple(found.values())
