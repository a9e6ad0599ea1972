"""Boxes that anybody can close and only this server can open: what phones keep until it is sent.

ECDH on P-256 with a key made for each box, HKDF-SHA-256, AES-256-GCM; all of it is in every browser (Web Cryptography).
The bytes are agreed with `static/js/field/outbox.js`.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2, 2.4.2)
LABEL = b"field-record-v1|"
NO_SALT = b"\0" * 32
PAD_TO = 512  # bytes: the length of a box tells little of what is in it
SIGNATURE_BYTES = 64


class CannotOpen(Exception):
    """The box was changed, or belongs to another record."""


class UnknownKey(CannotOpen):
    """The box was closed for a key that is not here."""


@dataclass(frozen=True, kw_only=True)
class SealedBox:
    """A closed box: for which key (its id), the sender's key of this one box, the nonce, and what is in it."""

    key_id: str
    sender_key: bytes
    nonce: bytes
    content: bytes


@dataclass(frozen=True, kw_only=True)
class _Lock:
    """A key pair of this server."""

    private: ec.EllipticCurvePrivateKey
    public: bytes


_locks: dict[str, _Lock] = {}  # today's first


def use_keys(today: str, before: tuple[str, ...] = ()) -> None:
    """Open boxes with these keys (64 hexadecimal digits each) from now on; the factory says it at start."""
    _locks.clear()
    for key in (today, *reversed(before)):
        lock = _lock_of(key)
        _locks.setdefault(hashlib.sha256(lock.public).hexdigest()[:16], lock)


def public_key() -> tuple[str, str]:
    """Return the id of today's key and the key itself (65 bytes, uncompressed point, base64), for phones."""
    key_id, lock = next(iter(_locks.items()))
    return key_id, base64.b64encode(lock.public).decode()


def open_box(box: SealedBox, *, belongs_to: str) -> bytes:
    """Return what is in a box; belongs_to was authenticated with it when it was closed.

    Raises UnknownKey for a box that was closed for another server, CannotOpen for one that was changed.
    """
    lock = _locks.get(box.key_id)
    if lock is None:
        raise UnknownKey(box.key_id)
    try:
        shared = lock.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, box.sender_key))
        info = LABEL + box.key_id.encode() + b"|" + box.sender_key + lock.public
        key = HKDF(SHA256(), 32, NO_SALT, info).derive(shared)
        return unpadded(AESGCM(key).decrypt(box.nonce, box.content, belongs_to.encode()))
    except (InvalidTag, ValueError) as problem:
        raise CannotOpen(box.key_id) from problem


def unpadded(padded: bytes) -> bytes:
    """Return a text without its length (4 bytes, big-endian) before it and the zeros after it."""
    length = int.from_bytes(padded[:4], "big")
    if length > len(padded) - 4:
        raise CannotOpen("its length does not fit")
    return padded[4 : 4 + length]


def is_signed(text: str, signature: bytes, *, public_key: str) -> bool:
    """Say whether a text carries the signature (r and s, 64 bytes) of a phone's key (uncompressed point, base64)."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        _point(public_key).verify(encode_dss_signature(r, s), text.encode(), ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


@lru_cache(maxsize=64)
def _point(public_key: str) -> ec.EllipticCurvePublicKey:
    """Return a phone's key; a phone sends many records at once. Raises ValueError for what is none."""
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, base64.b64decode(public_key, validate=True))


def is_public_key(text: str) -> bool:
    """Say whether a text is a point of the curve, as a phone tells its key."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        return False
    return len(text) == 88


def _lock_of(key: str) -> _Lock:
    """Return the key pair that a key file stands for; every 32 bytes make one."""
    private = ec.derive_private_key(int(key, 16) % (ORDER - 1) + 1, CURVE)
    return _Lock(
        private=private, public=private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
