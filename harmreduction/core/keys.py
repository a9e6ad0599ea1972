"""The key files: made once, mode 0600, in a folder apart from the data."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

NAMES = ("database", "fields", "web", "audit", "codes", "phones")
CODES = "codes"
PHONES = "phones"
PHONES_OLD = "phones-old-"  # and a number: keys to which phones may still have sealed something
CODES_OLD = "codes-old"  # the key of codes before the last rotation, if there was one


class KeyProblem(DomainError):
    """A key file is missing, damaged, or can be read by others."""


@dataclass(frozen=True)
class Keys:
    """The secrets of one instance, each 64 hexadecimal digits.

    database: opens the embedded database. fields: seals notes. web: signs form tokens. audit: chains the audit trail.
    codes: makes digests of participants' codes. codes_old: made them before the key was changed last, or empty.
    phones: opens what phones sealed. phones_old: did so before, oldest first; none is ever thrown away.
    """

    database: str
    fields: str
    web: str
    audit: str
    codes: str
    phones: str
    codes_old: str = ""
    phones_old: tuple[str, ...] = ()


def make_keys(folder: Path) -> None:
    """Write new keys for a new instance; a key that is there already is never touched."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        _write_once(folder / f"{name}.key", secrets.token_hex(32))


def read_keys(folder: Path) -> Keys:
    """Return the keys of an instance.

    Raises KeyProblem when one is missing, is not 64 hexadecimal digits, or others may read it.
    """
    old = _read(folder / f"{CODES_OLD}.key") if (folder / f"{CODES_OLD}.key").exists() else ""
    keys = {name: _read(folder / f"{name}.key") for name in NAMES}
    return Keys(**keys, codes_old=old, phones_old=tuple(_read(path) for path in _old_phone_keys(folder)))


def read_keys_without_codes(folder: Path) -> Keys:
    """Return the keys of an instance from before there were codes: all but that of codes, which is empty."""
    return Keys(**{name: _read(folder / f"{name}.key") for name in NAMES if name != CODES}, codes="", phones_old=())


def make_phones_key(folder: Path) -> None:
    """Write a first key of phones for an instance from before there were phones; one that is there stays."""
    if (folder / "database.key").exists():
        _write_once(folder / f"{PHONES}.key", secrets.token_hex(32))


def rotate_phones_key(folder: Path) -> None:
    """Put a new key of phones in the place of today's, which is kept for good: phones may hold what it opens."""
    today = _read(folder / f"{PHONES}.key")
    if today not in {_read(path) for path in _old_phone_keys(folder)}:  # else a cut came right after the last step
        _write_once(_next_old_phone_key(folder), today)
    _replace(folder / f"{PHONES}.key", secrets.token_hex(32))


def _old_phone_keys(folder: Path) -> list[Path]:
    """Return the files of the keys of phones before today's, oldest first."""
    return sorted(folder.glob(f"{PHONES_OLD}*.key"))


def _next_old_phone_key(folder: Path) -> Path:
    """Return a name after all that are there, also where some in between were taken away."""
    numbers = (path.stem.removeprefix(PHONES_OLD) for path in _old_phone_keys(folder))
    highest = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return folder / f"{PHONES_OLD}{highest + 1:03}.key"


def lacks_codes_key(folder: Path) -> bool:
    """Say whether the key of codes is the one that is missing."""
    return not (folder / f"{CODES}.key").exists() and (folder / "database.key").exists()


def make_codes_key(folder: Path) -> None:
    """Write a first key of codes for an instance from before there were codes; one that is there stays."""
    _write_once(folder / f"{CODES}.key", secrets.token_hex(32))


def rotate_codes_key(folder: Path) -> None:
    """Put a new key of codes in the place of today's, which becomes the one before; a cut between harms nothing."""
    today = _read(folder / f"{CODES}.key")
    _replace(folder / f"{CODES_OLD}.key", today)
    _replace(folder / f"{CODES}.key", secrets.token_hex(32))


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole and on the disk before it has its name."""
    if path.exists():
        return
    partial = _write_beside(path, text)
    try:
        _give_name(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    _keep_folder(path.parent)


def _replace(path: Path, text: str) -> None:
    """Write a file that only its owner may read in the place of another, which is there until the new one is whole."""
    _write_beside(path, text).replace(path)
    _keep_folder(path.parent)


def _write_beside(path: Path, text: str) -> Path:
    """Write a text whole and on the disk under another name, and return that."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return partial


def _give_name(partial: Path, path: Path) -> None:
    """Give a whole file its name, unless another process was faster."""
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return
    except OSError:  # a stick formatted as FAT knows no links
        if not path.exists():
            partial.rename(path)


def _keep_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut, as what is in the files does."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    """Return one key."""
    if not path.exists():
        raise KeyProblem(
            message(
                "The key file %(path)s is missing. Put it back from where you keep your keys, then start again; "
                "without it the data cannot be read.",
                path=path,
            )
        )
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyProblem(
            message(
                "Others on this machine can read %(path)s. Run: chmod 600 %(path)s, then start again.",
                path=path,
            )
        )
    key = path.read_text(errors="replace").strip()
    if len(key) != 64 or any(digit not in "0123456789abcdef" for digit in key):
        raise KeyProblem(
            message("The key file %(path)s is damaged. Put back the one from where you keep your keys.", path=path)
        )
    return key
