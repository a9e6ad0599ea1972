"""Look a code up, begin with one, add one, end one."""

import secrets
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, delete, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.keyed import code_key_marks
from harmreduction.core.messages import message
from harmreduction.participants.actions.lookups import count_lookup, count_miss
from harmreduction.participants.actions.people import add_participant, note_at_site, one_at_a_time
from harmreduction.participants.digests import keyed_code, kinds_in_use
from harmreduction.participants.models import Participant, ParticipantCode
from harmreduction.participants.queries.codes import Found, Outcome, find_code, holds, list_codes, look_for
from harmreduction.participants.queries.people import find_participant, get_participant_of, ids_of_group, stands_for
from harmreduction.participants.rules.codes import (
    LETTERS,
    Beginning,
    Begun,
    CodeKind,
    CodeNotOurs,
    CodeTaken,
    KeyedCode,
    TypedCode,
    UnusableCode,
)
from harmreduction.settings.queries import current_settings

CODE = cast(Table, ParticipantCode.__table__)
ANOTHER_PHRASE = message("Choose another phrase, one that only they would say.")
CARD_NOT_OURS = message("No card of ours in use has this code. Look at each sign again, or give a new card.")


def look_up(typed: TypedCode, *, by: Actor, at: datetime) -> Found:
    """Look for a code at the sites of a person; raises TooManyLookups beyond the limit of the hour.

    Raises UnusableCode for a kind that the programme does not use, which nobody can try then.
    """
    decided = current_settings()
    if typed.kind not in kinds_in_use(decided):
        raise UnusableCode(message("This programme does not use such codes."))
    count_lookup(by=by, at=at)
    found = look_for(by, keyed_code(typed, decided))
    if found.outcome in (Outcome.FOUND, Outcome.WHICH_LETTER):
        _renew(found.keyed)
    else:
        count_miss(by=by)
    return found


def begin_with_code(value: Beginning, *, by: Actor, at: datetime) -> Begun:
    """Let a site know whoever shows a code, begun now if nobody has it; the same whether another site knows it or not.

    Raises CodeNotOurs for a card that we never printed or that has ended, CodeTaken when no letter is left.
    """
    if not by.works_at(value.site_id):
        raise NotFound(message("There is no such site."))
    with transaction():
        one_at_a_time(value.site_id)
        begin = _begin_beside if value.is_somebody_else else _begin
        whose, letter = _sent_before(value) or begin(value, at)
        participant = stands_for(whose)
        note_at_site(participant, value.site_id, at=at)
        record(Event.CODE_STARTED, by=by, subject=participant.trail_today, site_id=value.site_id)
        return Begun(participant_id=participant.public_id, letter=letter)


def keep_in_step(public_id: str, keyed: KeyedCode, *, by: Actor, at: datetime) -> None:
    """Give somebody who was found by an earlier recipe today's as well, so that the next look-up finds them at once."""
    with transaction():
        participant = get_participant_of(by, public_id)
        if find_code([*keyed.all_lettered()]) is None and _insert(keyed, keyed.digest, participant.id, at):
            record(Event.CODE_CHANGED, by=by, subject=participant.trail_today)


def add_code(public_id: str, keyed: KeyedCode, *, by: Actor, at: datetime) -> None:
    """Give a participant a blank card that they hold, or an own phrase in the place of the one before.

    Raises CodeTaken when it is not free.
    """
    with transaction():
        participant = get_participant_of(by, public_id)
        if holds(participant, keyed):
            return
        if keyed.kind is CodeKind.PHRASE:
            _add_phrase(participant, keyed, by=by, at=at)
        else:
            _add_card(participant, keyed)
        record(Event.CODE_CHANGED, by=by, subject=participant.trail_today)


def end_codes(public_id: str, kind: CodeKind, *, by: Actor, at: datetime) -> None:
    """End all codes of a kind that a participant has: a card never works again, answers and phrases are erased.

    Of one kind all go, because telling them apart would tell which they got at other sites; having none is fine.
    """
    with transaction():
        participant = get_participant_of(by, public_id)
        theirs = CODE.c.participant_id.in_(ids_of_group(participant)), CODE.c.kind == kind.value
        if kind is CodeKind.CARD:
            db.session.execute(update(CODE).where(*theirs, CODE.c.ended_on.is_(None)).values(ended_on=_today(at)))
        else:
            db.session.execute(delete(CODE).where(*theirs))
        record(Event.CODE_CHANGED, by=by, subject=participant.trail_today)


def insert_code(kind: CodeKind, digest: str, participant_id: int | None, *, at: datetime, version: int | None) -> bool:
    """Write a code's digest down, and say whether nobody had it."""
    row = {
        "participant_id": participant_id,
        "kind": kind.value,
        "code_digest": digest,
        "key_mark": code_key_marks()[0],
        "recipe_version": version,
        "issued_on": _today(at),
    }
    return db.session.scalar(insert_if_new(CODE).returning(CODE.c.id), row) is not None


def _begin(value: Beginning, at: datetime) -> tuple[Participant, str]:
    """Return whose code it is, from now on if nobody had it; they need no letter."""
    code = find_code(value.code.plain, for_change=True)
    if code is None and value.code.kind is not CodeKind.CARD:
        new = add_participant(value.client_id, value.site_id, at=at)
        if _insert(value.code, value.code.digest, new.id, at):
            return new, ""
        db.session.delete(new)  # somebody was faster
        db.session.flush()
        code = find_code(value.code.plain, for_change=True)
    if code is None or code.ended_on is not None:
        raise CodeNotOurs(CARD_NOT_OURS)
    if code.participant_id is None:
        new = add_participant(value.client_id, value.site_id, at=at)
        _take_blank(code, new, value.code)
        return new, ""
    return db.session.get_one(Participant, code.participant_id), ""


def _begin_beside(value: Beginning, at: datetime) -> tuple[Participant, str]:
    """Return somebody new who has the same recipe as another, and their letter.

    It is drawn by lot: the next in the row would tell that other sites know somebody with these answers.
    """
    new = add_participant(value.client_id, value.site_id, at=at)
    lettered = [*zip(LETTERS[1:], value.code.lettered[1:], strict=False)]
    for letter, digests in secrets.SystemRandom().sample(lettered, len(lettered)):
        if find_code(digests) is None and _insert(value.code, digests[0], new.id, at):
            return new, letter
    raise CodeTaken(message("Too many people have this code. Give them a card instead."))


def _sent_before(value: Beginning) -> tuple[Participant, str] | None:
    """Return what came of the same beginning when it was sent before."""
    earlier = find_participant(value.client_id)
    if earlier is None:
        return None
    codes = [code.code_digest for code in list_codes(earlier)]
    letters = [letter for letter in map(value.code.letter_of, codes) if letter > LETTERS[0]]
    return earlier, "".join(letters[:1])


def _add_card(participant: Participant, keyed: KeyedCode) -> None:
    """Let a blank card be a participant's."""
    code = find_code(keyed.plain, for_change=True)
    if code is None or code.participant_id is not None or code.ended_on is not None:
        raise CodeTaken(message("This is no blank card of ours. If it is theirs, join the two below."))
    _take_blank(code, participant, keyed)


def _add_phrase(participant: Participant, keyed: KeyedCode, *, by: Actor, at: datetime) -> None:
    """Write an own phrase down in the place of the one before.

    Somebody at other sites only may have the same one, and nobody here learns of it: this one gets a letter that
    nobody needs to remember.
    """
    if look_for(by, keyed).candidates:
        raise CodeTaken(ANOTHER_PHRASE)
    theirs = CODE.c.participant_id.in_(ids_of_group(participant)), CODE.c.kind == CodeKind.PHRASE.value
    db.session.execute(delete(CODE).where(*theirs))
    if not any(find_code(each) is None and _insert(keyed, each[0], participant.id, at) for each in keyed.lettered):
        raise CodeTaken(ANOTHER_PHRASE)


def _take_blank(code: ParticipantCode, participant: Participant, keyed: KeyedCode) -> None:
    """Let a blank card be somebody's, its digest made with today's key."""
    code.participant_id, code.code_digest, code.key_mark = participant.id, keyed.digest, code_key_marks()[0]
    db.session.flush()


def _renew(keyed: KeyedCode) -> None:
    """Store the digests that were found by the key of before with today's key; then that one may go."""
    pairs = [digests for digests in keyed.lettered if len(digests) > 1]
    if not pairs:
        return
    with transaction():
        for today, before in pairs:
            renewed = {"code_digest": today, "key_mark": code_key_marks()[0]}
            db.session.execute(update(CODE).where(CODE.c.code_digest == before).values(renewed))


def _insert(keyed: KeyedCode, digest: str, participant_id: int, at: datetime) -> bool:
    """Write one digest of a code down, and say whether nobody had it."""
    return insert_code(keyed.kind, digest, participant_id, at=at, version=keyed.recipe_version)


def _today(at: datetime) -> date:
    """Return the programme's day."""
    return clock.today(current_settings().time_zone, at)
