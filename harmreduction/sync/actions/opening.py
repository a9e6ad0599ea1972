"""Open a record: who sealed it, whether it is whole, what it tells. Nothing is written here."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message
from harmreduction.core.sealed_box import CannotOpen, SealedBox, UnknownKey, is_signed, open_box
from harmreduction.sync.queries.records import KnownPhone, find_phones
from harmreduction.sync.rules.envelopes import Envelope, NewerEnvelope, UnreadableEnvelope, read_envelope
from harmreduction.sync.rules.reading import BadContent
from harmreduction.sync.rules.records import Glimpse, NewerVersion, UnknownKind, Written, glimpse, read_record
from harmreduction.sync.rules.statuses import REASONS, Reason


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a record is not applied by itself, in a word and in a sentence."""

    reason: Reason
    sentence: Message


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What could be found out about a record; what is None could not.

    author_id: the account (row id) of who wrote it, where it is one that was signed in on the phone. glimpse: what can
    be read of a record of that phone that is not understood.
    """

    phone: KnownPhone | None = None
    written: Written | None = None
    author_id: int | None = None
    trouble: Trouble | None = None
    glimpse: Glimpse | None = None


REASON_OF: dict[type[DomainError], Reason] = {
    UnreadableEnvelope: Reason.UNREADABLE,
    NewerEnvelope: Reason.NEWER_VERSION,
    NewerVersion: Reason.NEWER_VERSION,
    UnknownKind: Reason.UNKNOWN_KIND,
    BadContent: Reason.BAD_CONTENT,
}


def open_record(text: str, phones: Mapping[str, KnownPhone]) -> Opened:
    """Return what stands in an envelope (JSON), and why it may not be applied if that is so."""
    try:
        envelope = read_envelope(as_sent(text))
    except (UnreadableEnvelope, NewerEnvelope) as problem:
        return Opened(trouble=_as_trouble(problem))
    phone = phones.get(envelope.device_id)
    if phone is not None and not is_signed(envelope.signed, envelope.signature, public_key=phone.public_key):
        return Opened(phone=phone, trouble=trouble_of(Reason.BAD_SIGNATURE))
    read = _read(envelope)
    if read.written is None:
        return replace(read, phone=phone)
    written = read.written
    if phone is None:
        return Opened(written=written, trouble=trouble_of(Reason.UNKNOWN_DEVICE))
    author_id = phone.accounts.get(written.author_id)
    return Opened(phone=phone, written=written, author_id=author_id, trouble=_may_not(phone, author_id))


def open_kept(text: str) -> Opened:
    """Return what stands in an envelope that is kept, whoever sent it: it says itself of which phone it is."""
    return open_record(text, find_phones(devices_in([text])))


def devices_in(texts: Iterable[str]) -> set[str]:
    """Return the phones (public ids) of which envelopes say that they are."""
    return {device for text in texts if isinstance(device := as_sent(text).get("device"), str)}


def as_sent(text: str) -> Mapping[str, object]:
    """Return what a phone sent; what is nested too deep to be read is empty, so that it holds nothing else up."""
    try:
        told: Mapping[str, object] = json.loads(text)
    except RecursionError:
        return {}
    return told


def trouble_of(reason: Reason) -> Trouble:
    """Return a reason with its own sentence."""
    return Trouble(reason=reason, sentence=REASONS[reason])


def _read(envelope: Envelope) -> Opened:
    """Open the box and read what is in it, as far as that can be understood."""
    box = SealedBox(
        key_id=envelope.key_id, sender_key=envelope.sender_key, nonce=envelope.nonce, content=envelope.content
    )
    try:
        content = open_box(box, belongs_to=envelope.belongs_to)
    except UnknownKey:
        return Opened(trouble=trouble_of(Reason.UNKNOWN_KEY))
    except CannotOpen:
        return Opened(trouble=trouble_of(Reason.CHANGED))
    try:
        return Opened(written=read_record(content))
    except (BadContent, UnknownKind, NewerVersion) as problem:
        return Opened(trouble=_as_trouble(problem), glimpse=glimpse(content))


def _may_not(phone: KnownPhone, author_id: int | None) -> Trouble | None:
    """Return why an authentic record waits for a lead all the same."""
    if phone.is_revoked:
        return trouble_of(Reason.REVOKED_DEVICE)
    return trouble_of(Reason.UNKNOWN_AUTHOR) if author_id is None else None


def _as_trouble(problem: DomainError) -> Trouble:
    """Return a problem with the words in which a lead reads it."""
    return Trouble(reason=REASON_OF[type(problem)], sentence=problem.message)
