"""Digests that only this instance can make, so that a stolen database cannot be searched for a known word."""

import hashlib
import hmac

_keys: dict[str, bytes] = {}


def use_keys(*, web: str, audit: str, codes: str) -> None:
    """Make digests with these keys (64 hexadecimal digits) from now on; the factory says it at start."""
    _keys.update(web=bytes.fromhex(web), audit=bytes.fromhex(audit), codes=bytes.fromhex(codes))


def keyed_digest(purpose: str, text: str) -> str:
    """Return the HMAC-SHA-256 (hexadecimal) of a text; each purpose has digests of its own."""
    return hmac.new(_keys["web"], f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


def code_digest(kind: str, text: str) -> str:
    """Return the HMAC-SHA-256 (hexadecimal) of a participant's normalised code; each kind has digests of its own."""
    return hmac.new(_keys["codes"], f"{kind}|{text}".encode(), hashlib.sha256).hexdigest()


def audit_key() -> bytes:
    """Return the key of the audit trail's chain."""
    return _keys["audit"]
