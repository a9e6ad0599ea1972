"""Go on with the keys of phones that are in the folder, whoever changed them there."""

from collections.abc import Callable
from pathlib import Path

from harmreduction.core import sealed_box
from harmreduction.core.keys import PHONES, KeyProblem, Keys, read_keys


def follow_phone_keys(folder: Path) -> Callable[[], None]:
    """Return what a process asks before each page: whether a key of phones was made or put back, to open boxes with it.

    A key that this process knows is never given up: where one of them is missing in the folder, it stays with its own.
    """
    followed, seen = set(_of_phones(read_keys(folder))), _state_of(folder)

    def follow() -> None:
        nonlocal followed, seen
        found = _state_of(folder)
        if found == seen:
            return
        seen = found
        try:
            keys = read_keys(folder)
        except KeyProblem:
            return
        if followed <= set(_of_phones(keys)):
            sealed_box.use_keys(keys.phones, keys.phones_old)
            followed = set(_of_phones(keys))

    return follow


def read_phone_keys(folder: Path) -> None:
    """Go on with the keys of phones that are in the folder; raises KeyProblem when one cannot be read."""
    keys = read_keys(folder)
    sealed_box.use_keys(keys.phones, keys.phones_old)


def _of_phones(keys: Keys) -> tuple[str, ...]:
    """Return the keys that open what phones sealed."""
    return (keys.phones, *keys.phones_old)


def _state_of(folder: Path) -> tuple[int, ...] | None:
    """Return what tells today's keys from those before: a new name changes the folder, a new key its file."""
    try:
        file = (folder / f"{PHONES}.key").stat()
        return folder.stat().st_mtime_ns, file.st_ino, file.st_mtime_ns
    except OSError:
        return None
