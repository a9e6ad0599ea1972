"""Digests that only this instance can make, so that a stolen database cannot be searched for a known word."""

import hashlib
import hmac

_keys: dict[str, bytes] = {}


def use_key(key: str) -> None:
    """Make digests with this key (64 hexadecimal digits) from now on; the factory says it at start."""
    _keys["web"] = bytes.fromhex(key)


def keyed_digest(purpose: str, text: str) -> str:
    """Return the HMAC-SHA-256 (hexadecimal) of a text; each purpose has digests of its own."""
    return hmac.new(_keys["web"], f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()
