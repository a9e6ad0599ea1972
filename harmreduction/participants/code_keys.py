"""Tell the right key of codes from a wrong one, and say how many codes still wait for a new one."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from sqlalchemy import Table, delete, inspect
from sqlalchemy.exc import DBAPIError

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.keyed import code_key_marks, key_mark, use_code_keys
from harmreduction.core.keys import CODES, KeyProblem, read_keys
from harmreduction.core.messages import message
from harmreduction.participants.models import ParticipantCode
from harmreduction.participants.queries.codes import count_codes_by_key

CODE = cast(Table, ParticipantCode.__table__)


def uses_codes() -> bool:
    """Say whether any code was ever stored; a database from before there were codes holds none."""
    return inspect(db.engine).has_table(CODE.name) and bool(count_codes_by_key())


def check_code_keys() -> None:
    """Raise KeyProblem when codes were stored with a key that is not here: nobody would be found any more.

    A database that does not answer yet, or has no codes yet, is left to whoever asks it next.
    """
    try:
        marks = count_codes_by_key().keys() if uses_codes() else ()
    except DBAPIError:
        return
    finally:
        db.session.remove()
    if not set(marks) <= {*code_key_marks()}:
        raise KeyProblem(
            message(
                "codes.key is not the key with which the codes of this programme were made. Put back codes.key, and"
                " codes-old.key if there was one, from where you keep your keys, then start again."
            )
        )


def count_waiting() -> int:
    """Return how many codes were not used since the key was changed last."""
    return sum(count for mark, count in count_codes_by_key().items() if mark != code_key_marks()[0])


def end_waiting(*, by: Actor) -> None:
    """Erase the codes that were not used since the key was changed last: with the next change their key is gone."""
    with transaction():
        db.session.execute(delete(CODE).where(CODE.c.key_mark != code_key_marks()[0]))
        record(Event.CODE_CHANGED, by=by)


def read_code_keys(folder: Path) -> None:
    """Go on with the keys of codes that are in the folder; raises KeyProblem when one cannot be read."""
    keys = read_keys(folder)
    use_code_keys(codes=keys.codes, codes_old=keys.codes_old)


def follow_code_keys(folder: Path) -> Callable[[], None]:
    """Return what a process asks before each page: whether the key of codes was changed, to go on with the new one.

    A process that kept the key of before would store codes with it, and with the next change nobody could read those.
    A key that cannot be read, or is not that of the codes here, is left alone: the one in memory is the right one.
    """
    followed = _file_of(folder)

    def follow() -> None:
        nonlocal followed
        found = _file_of(folder)
        if found is None or found == followed:
            return
        try:
            keys = read_keys(folder)
        except KeyProblem:
            return
        if {*count_codes_by_key()} <= {key_mark(key) for key in (keys.codes, keys.codes_old) if key}:
            use_code_keys(codes=keys.codes, codes_old=keys.codes_old)
            followed = found

    return follow


def _file_of(folder: Path) -> tuple[int, int] | None:
    """Return what tells today's file of the key from the one before, or None while there is none."""
    try:
        file = (folder / f"{CODES}.key").stat()
    except OSError:
        return None
    return file.st_ino, file.st_mtime_ns
