"""Conversations that run: sealed, in memory only, and open to nobody but the account that began them.

Nothing of them reaches the database, a log or an address before the participant decides. After a time without a sign
of life a draft rests: its person has to prove that it is them before it opens again. After twelve hours it is gone.

On the shelf (`shelf.py`) each draft lies under its owner's mark and its id. Before the sealed part stand three moments,
of its beginning, its last sign of life and its rest, so that a list of drafts opens none of them.
"""

import json
import secrets
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self, TypeVar, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harmreduction.assessments.card_sets import as_json, digest_of, read_card_set
from harmreduction.assessments.packing import packed, unpacked
from harmreduction.assessments.rules.cards import CardSet
from harmreduction.assessments.rules.going_on import begun_again
from harmreduction.assessments.rules.talks import GONE_AFTER, Draft
from harmreduction.assessments.shelf import Shelf, shelf
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.core.sealing import key_for

Result = TypeVar("Result")

PURPOSE = "conversations that run"
MOMENTS = struct.Struct(">ddd")
NONCE_BYTES = 12
MOST_AT_ONCE = 20  # of one person
SET = "set-"  # a set of cards that drafts were begun with lies beside them, once


class GoneDraft(NotFound):
    """There is no such conversation, or not any more, or it is somebody else's: all the same to whoever asks."""

    def __init__(self) -> None:
        super().__init__(
            message("This conversation is not open any more. What you wanted kept is kept, and nothing else.")
        )


class Resting(DomainError):
    """It was silent for so long that its person has to prove that it is them; `since` says from when on it rests."""

    def __init__(self, draft_id: str, since: datetime) -> None:
        super().__init__(message("This conversation rests. Say who you are, and it goes on."))
        self.draft_id = draft_id
        self.since = since


class TooManyDrafts(DomainError):
    """Somebody began many conversations and ended none."""


@dataclass(frozen=True, kw_only=True)
class OpenDraft:
    """A conversation that runs, as a list shows it: nothing that was said in it."""

    draft_id: str
    began_at: datetime
    is_resting: bool


@dataclass(frozen=True)
class _Moments:
    """What stands before the sealed part."""

    began_at: datetime
    touched_at: datetime
    rests_at: datetime

    @classmethod
    def of(cls, contents: bytes) -> Self:
        """Read them."""
        return cls(*(datetime.fromtimestamp(each, UTC) for each in MOMENTS.unpack_from(contents)))

    def is_gone(self, at: datetime) -> bool:
        """Say whether nobody touched it for so long that it is erased."""
        return at - self.touched_at >= GONE_AFTER

    def packed(self) -> bytes:
        """Return them as they stand before the sealed part."""
        return MOMENTS.pack(self.began_at.timestamp(), self.touched_at.timestamp(), self.rests_at.timestamp())


def begin_draft(draft: Draft, *, by: Actor) -> Draft:
    """Lay a new conversation on the shelf; raises TooManyDrafts, and NotSaved where memory is full.

    One whose id lies there already goes on: the page was sent twice, or answered once more.
    """
    with shelf().locked():
        _sweep(shelf())
        if shelf().read(_name(draft.draft_id, by)) is not None:
            return _begin_again(shelf(), draft, by)
        if len(list(_names_of(shelf(), by))) >= MOST_AT_ONCE:
            raise TooManyDrafts(message("Many of your conversations are open still. End one of them first."))
        _write_cards(shelf(), draft.cards)
        return _write(shelf(), draft, by)


def open_draft(draft_id: str, by: Actor) -> Draft:
    """Return a conversation of this person; that it is opened is a sign of life. Raises GoneDraft and Resting."""
    with shelf().locked():
        return _write(shelf(), _read(shelf(), draft_id, by), by)


def change_draft(draft_id: str, change: Callable[[Draft], Draft], *, by: Actor) -> Draft:
    """Change a conversation while nobody else does; where `change` raises, it stays as it was."""
    with shelf().locked():
        before = _read(shelf(), draft_id, by)
        return _write(shelf(), replace(change(before), revision=before.revision + 1), by)


def finish_draft(draft_id: str, deed: Callable[[Draft], Result], *, by: Actor) -> Result:
    """Do with a conversation what its participant decided, then erase it; where that fails, it stays.

    Nobody changes it meanwhile. So no page may hold the database and wait for a conversation: that would never end.
    """
    with shelf().locked():
        result = deed(_read(shelf(), draft_id, by))
        shelf().erase(_name(draft_id, by))
        return result


def rest_draft(draft_id: str, *, by: Actor) -> None:
    """Let a conversation rest at once, because the two want the screen empty."""
    with shelf().locked():
        _let_rest(shelf(), draft_id, by, since=clock.now())


def wake(draft_id: str, by: Actor) -> Draft:
    """Let a conversation go on after its rest; only for somebody who proved since then that it is them."""
    with shelf().locked():
        return _write(shelf(), _unsealed(shelf(), draft_id, by), by)


def list_drafts(by: Actor) -> list[OpenDraft]:
    """Return the conversations of a person that run, latest first; what was said in them stays sealed."""
    at, found = clock.now(), shelf()
    moments = {name: each for name in _names_of(found, by) if (each := _moments(found, name))}
    if any(each.is_gone(at) for each in moments.values()):
        with found.locked():
            _sweep(found)
    drafts = [
        OpenDraft(draft_id=name.partition(".")[2], began_at=each.began_at, is_resting=at >= each.rests_at)
        for name, each in moments.items()
        if not each.is_gone(at)
    ]
    return sorted(drafts, key=lambda draft: draft.began_at, reverse=True)


def sweep() -> None:
    """Erase the conversations that nobody touched for too long, whoever began them."""
    if shelf().names():
        with shelf().locked():
            _sweep(shelf())


def _begin_again(found: Shelf, draft: Draft, by: Actor) -> Draft:
    """Let the last answer to an invitation count; a conversation that rests goes on resting."""
    rests_at = _Moments.of(_contents(found, draft.draft_id, by)).rests_at
    again = begun_again(_unsealed(found, draft.draft_id, by), draft)
    _write_cards(found, again.cards)
    _write(found, again, by)
    if clock.now() >= rests_at:
        _let_rest(found, draft.draft_id, by, since=rests_at)
    return again


def _let_rest(found: Shelf, draft_id: str, by: Actor, *, since: datetime) -> None:
    """Let a conversation rest from a moment on."""
    contents = _contents(found, draft_id, by)
    found.write(_name(draft_id, by), replace(_Moments.of(contents), rests_at=since).packed() + contents[MOMENTS.size :])


def _read(found: Shelf, draft_id: str, by: Actor) -> Draft:
    """Return a conversation that neither rests nor is gone."""
    moments = _Moments.of(_contents(found, draft_id, by))
    if clock.now() >= moments.rests_at:
        raise Resting(draft_id, moments.rests_at)
    return _unsealed(found, draft_id, by)


def _contents(found: Shelf, draft_id: str, by: Actor) -> bytes:
    """Return what lies there for a conversation that is not gone."""
    contents = found.read(_name(draft_id, by))
    if contents is None:
        raise GoneDraft
    if _Moments.of(contents).is_gone(clock.now()):
        found.erase(_name(draft_id, by))
        raise GoneDraft
    return contents


def _unsealed(found: Shelf, draft_id: str, by: Actor) -> Draft:
    """Return a conversation as it was written."""
    name, contents = _name(draft_id, by), _contents(found, draft_id, by)
    try:
        text = _opened(name, contents[MOMENTS.size :])
    except InvalidTag as problem:
        raise GoneDraft from problem
    told = json.loads(text)
    return cast(Draft, unpacked(Draft, told, cards=_read_cards(found, told.pop("cards"))))


def _write(found: Shelf, draft: Draft, by: Actor) -> Draft:
    """Seal a conversation, and return it with this sign of life."""
    draft = replace(draft, touched_at=clock.now())
    name, moments = _name(draft.draft_id, by), _moments_of(draft)
    told = packed(draft, without="cards") | {"cards": _digest(draft.cards)}
    found.write(name, moments.packed() + _sealed(name, json.dumps(told).encode()))
    return draft


def _moments_of(draft: Draft) -> _Moments:
    """Return when it began, when it was touched, and when it rests unless it is touched again."""
    return _Moments(draft.began_at, draft.touched_at, draft.touched_at + draft.wiped_after)


def _sealed(name: str, text: bytes) -> bytes:
    """Seal what lies under a name, so that it opens under no other."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key_for(PURPOSE)).encrypt(nonce, text, name.encode())


def _opened(name: str, sealed: bytes) -> bytes:
    """Return what was sealed under a name; raises InvalidTag for anything else."""
    return AESGCM(key_for(PURPOSE)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())


def _write_cards(found: Shelf, cards: CardSet) -> None:
    """Lay a set of cards beside the drafts that were begun with it."""
    name = SET + _digest(cards)
    if found.read(name) is None:
        found.write(name, _sealed(name, as_json(cards).encode()))


def _read_cards(found: Shelf, digest: str) -> CardSet:
    """Return the set of cards that a draft was begun with."""
    name = SET + digest
    return read_card_set(_opened(name, found.read(name) or b"").decode())


_digests: dict[int, tuple[CardSet, str]] = {}


def _digest(cards: CardSet) -> str:
    """Return the fingerprint of a set; the few sets in use are remembered, as each change of a draft asks for it."""
    if id(cards) not in _digests:
        if len(_digests) > MOST_AT_ONCE:
            _digests.clear()
        _digests[id(cards)] = cards, digest_of(cards)
    return _digests[id(cards)][1]


def _sweep(found: Shelf) -> None:
    """Erase drafts that nobody touched for too long, and with the last draft the sets of cards."""
    at, drafts = clock.now(), [name for name in found.names() if not name.startswith(SET)]
    gone = {name for name in drafts if (each := _moments(found, name)) and each.is_gone(at)}
    sets = [name for name in found.names() if name.startswith(SET)] if gone.issuperset(drafts) else []
    for name in (*gone, *sets):
        found.erase(name)


def _moments(found: Shelf, name: str) -> _Moments | None:
    """Return the moments of a draft, or None where it was just taken away."""
    contents = found.read(name)
    return None if contents is None else _Moments.of(contents)


def _names_of(found: Shelf, by: Actor) -> Iterator[str]:
    """Return the names under which the drafts of a person lie."""
    return (name for name in found.names() if name.startswith(_name("", by)))


def _name(draft_id: str, by: Actor) -> str:
    """Return the name of a draft: who began it, as a mark that says nothing outside, and its id."""
    return f"{keyed_digest('draft', str(by.account_id))[:32]}.{draft_id}"
