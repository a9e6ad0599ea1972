"""Sensitive free text, sealed by AES-GCM before it reaches a column.

A sealed value is one version byte, one key number, a 12-byte nonce and the ciphertext. The place where
it belongs, `table|column|row`, is authenticated with it, so that it cannot be moved to another row.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
KEY_NUMBER = 1
NONCE_BYTES = 12


class CannotUnseal(Exception):
    """The sealed text was changed, moved, or belongs to another key."""


_ciphers: dict[int, AESGCM] = {}
_keys: dict[int, bytes] = {}


def use_key(key: str) -> None:
    """Seal and unseal with this key (64 hexadecimal digits) from now on; the factory says it at start."""
    _keys[KEY_NUMBER] = bytes.fromhex(key)
    _ciphers[KEY_NUMBER] = AESGCM(_keys[KEY_NUMBER])


def key_for(purpose: str) -> bytes:
    """Return a key of 32 bytes for something that reaches no column, made from today's; each purpose has its own."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(_keys[KEY_NUMBER])


def seal(text: str, *, table: str, column: str, row: str) -> bytes:
    """Return the sealed form of a text that belongs to one row."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    place = f"{table}|{column}|{row}".encode()
    return bytes([VERSION, KEY_NUMBER]) + nonce + _ciphers[KEY_NUMBER].encrypt(nonce, text.encode(), place)


def unseal(sealed: bytes, *, table: str, column: str, row: str) -> str:
    """Return the text that was sealed for this row."""
    place = f"{table}|{column}|{row}".encode()
    nonce, ciphertext = sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
    if sealed[:1] != bytes([VERSION]) or len(nonce) < NONCE_BYTES:
        raise CannotUnseal(f"{table}.{column}")
    try:
        return _ciphers[sealed[1]].decrypt(nonce, ciphertext, place).decode()
    except (InvalidTag, KeyError) as problem:
        raise CannotUnseal(f"{table}.{column}") from problem
