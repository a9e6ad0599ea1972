"""Passphrases: which are good enough, and how they are kept (argon2id).

A person chooses freely: no mixture of signs is asked for and none expires. Refused are only those that
somebody who guesses would try first.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

SHORTEST = 12
LONGEST = 128
FEWEST_DIFFERENT = 5  # signs; "121212121212" has two
LEAST_OF_ONES_OWN = 4  # letters left once everything that is tried first is taken away

# What people who guess begin with, and what this app is full of.
TRIED_FIRST = frozenset(Path(__file__).with_name("tried_first.txt").read_text("utf-8").split())
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890123456789",
    "1qaz2wsx3edc4rfv5tgb",
)
LOOKALIKES = str.maketrans("01345$@7", "oieassat")

# The hash of a phrase that nobody knows, so that an unknown name takes as long as a known one.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$WvF+3mQqUEXcvUMLWVy+pA$gDpiKIMnKklMrRKLdl6nlhy6KbqdOayMxtjvQp+cZF4"

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_two_at_once = threading.BoundedSemaphore(2)  # each hash takes 19 MiB; more than two wait their turn


class WeakPassphrase(DomainError):
    """A passphrase that is too short, too long, or tried first."""


def check_passphrase(passphrase: str, *, known: Iterable[str] = ()) -> None:
    """Raise WeakPassphrase unless it is good enough; `known` are names that others connect with the person."""
    if len(passphrase) < SHORTEST:
        raise WeakPassphrase(message("Use at least 12 characters. Four words are easy to remember."))
    if len(passphrase) > LONGEST:
        raise WeakPassphrase(message("Use at most 128 characters."))
    if _is_tried_first(passphrase, known):
        raise WeakPassphrase(
            message(
                "Somebody who guesses would try this one early. Take four words that have nothing to do with "
                "you or the programme."
            )
        )


def hash_passphrase(passphrase: str) -> str:
    """Return what is kept of a passphrase."""
    with _two_at_once:
        return _hasher.hash(_same_everywhere(passphrase))


def fits(passphrase: str, kept: str | None) -> bool:
    """Say whether the passphrase fits; where nothing is kept, find out that it does not just as slowly."""
    usable = kept if kept and len(passphrase) <= LONGEST else None
    with _two_at_once:
        try:
            _hasher.verify(usable or NOBODYS_HASH, _same_everywhere(passphrase[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return usable is not None


def is_kept_the_old_way(kept: str) -> bool:
    """Say whether a hash was made with weaker settings than today's, and should be made anew."""
    return _hasher.check_needs_rehash(kept)


def _same_everywhere(passphrase: str) -> str:
    """Return the same text for the same signs, however a keyboard composed them."""
    return unicodedata.normalize("NFC", passphrase)


def _is_tried_first(passphrase: str, known: Iterable[str]) -> bool:
    """Say whether hardly anything is left of it without the words that are tried first."""
    plain = re.sub(r"[\W_]", "", passphrase.casefold())
    if len(set(plain)) < FEWEST_DIFFERENT or any(plain in row * 2 for row in ROWS):
        return True
    words = {word for name in known for word in re.findall(r"\w{2,}", name.casefold())}
    sayings = sorted(TRIED_FIRST | words, key=len, reverse=True)
    without_ends = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", passphrase.casefold())
    spelled = re.sub(r"[\W_]", "", without_ends.translate(LOOKALIKES))
    return any(len(_without(text, sayings)) < LEAST_OF_ONES_OWN for text in (plain, spelled))


def _without(text: str, sayings: Iterable[str]) -> str:
    """Return the letters that are left when the sayings and all digits are taken away."""
    for saying in sayings:
        text = text.replace(saying, " ")
    return re.sub(r"[\d\s]", "", text)
