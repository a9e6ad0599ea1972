"""The envelope in which a phone sends a record: what can be read of it without a key. Plain Python.

Every version that a phone was ever given stays readable for good: a phone may lie in a drawer for a year.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from harmreduction.core.errors import DomainError
from harmreduction.sync.rules.statuses import REASONS, Reason

SIGNED = ("v", "id", "device", "key", "epk", "iv", "ct")


class UnreadableEnvelope(DomainError):
    """Something else than an envelope was sent."""


class NewerEnvelope(DomainError):
    """The envelope is of a version that is not known here yet."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A closed record: which record of which phone, for which key (16 hexadecimal digits), and how it is closed.

    signed: the text under the phone's signature. belongs_to: the text that was authenticated with the box.
    """

    record_id: str
    device_id: str
    key_id: str
    sender_key: bytes
    nonce: bytes
    content: bytes
    signature: bytes
    signed: str
    belongs_to: str


def read_envelope(sent: Mapping[str, object]) -> Envelope:
    """Return an envelope of any version; fields that it has on top of those known here are ignored.

    Raises UnreadableEnvelope, or NewerEnvelope for one that a newer app made.
    """
    version = sent.get("v")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise UnreadableEnvelope(REASONS[Reason.UNREADABLE])
    if version not in VERSIONS:
        raise NewerEnvelope(REASONS[Reason.NEWER_VERSION])
    try:
        return VERSIONS[version](sent)
    except (ValueError, binascii.Error) as problem:
        raise UnreadableEnvelope(REASONS[Reason.UNREADABLE]) from problem


def as_id(value: object) -> str:
    """Return a UUID as we write it; raises ValueError for anything else."""
    if not isinstance(value, str) or str(UUID(value)) != value:
        raise ValueError("not an id")
    return value


def is_id(value: object) -> bool:
    """Say whether something is a UUID as we write it."""
    try:
        return bool(as_id(value))
    except ValueError:
        return False


def _read_version_1(sent: Mapping[str, object]) -> Envelope:
    """Read the envelope that began it all (2026-11)."""
    key_id = _text(sent, "key")
    device_id, record_id = as_id(sent.get("device")), as_id(sent.get("id"))
    return Envelope(
        record_id=record_id,
        device_id=device_id,
        key_id=key_id,
        sender_key=_bytes(sent, "epk", 65),
        nonce=_bytes(sent, "iv", 12),
        content=_bytes(sent, "ct"),
        signature=_bytes(sent, "sig", 64),
        signed="|".join(str(sent[name]) for name in SIGNED),
        belongs_to=f"1|{key_id}|{device_id}|{record_id}",
    )


VERSIONS: dict[int, Callable[[Mapping[str, object]], Envelope]] = {1: _read_version_1}


def _text(sent: Mapping[str, object], name: str) -> str:
    """Return a field that is a text."""
    value = sent.get(name)
    if not isinstance(value, str):
        raise ValueError(name)
    return value


def _bytes(sent: Mapping[str, object], name: str, length: int | None = None) -> bytes:
    """Return the bytes (base64) of a field, of just this length where there is one."""
    value = base64.b64decode(_text(sent, name), validate=True)
    if length is not None and len(value) != length:
        raise ValueError(name)
    return value
