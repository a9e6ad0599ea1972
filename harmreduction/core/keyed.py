"""Digests that only this instance can make, so that a stolen database cannot be searched for a known word."""

import hashlib
import hmac

_keys: dict[str, bytes] = {}


def use_keys(*, web: str, audit: str, codes: str, codes_old: str = "") -> None:
    """Make digests with these keys (64 hexadecimal digits) from now on; the factory says it at start.

    codes_old: the key of codes before the last rotation, or empty.
    """
    named = {"web": web, "audit": audit, "codes": codes, "codes-old": codes_old}
    _keys.clear()
    _keys.update({name: bytes.fromhex(key) for name, key in named.items() if key})


def use_code_keys(*, codes: str, codes_old: str = "") -> None:
    """Make digests of codes with these keys (64 hexadecimal digits) from now on, while others may be making some."""
    if codes_old:
        _keys["codes-old"] = bytes.fromhex(codes_old)
    else:
        _keys.pop("codes-old", None)
    _keys["codes"] = bytes.fromhex(codes)


def keyed_digest(purpose: str, text: str) -> str:
    """Return the HMAC-SHA-256 (hexadecimal) of a text; each purpose has digests of its own."""
    return hmac.new(_keys["web"], f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


def code_digest(kind: str, text: str) -> str:
    """Return the HMAC-SHA-256 (hexadecimal) of a participant's normalised code; each kind has digests of its own."""
    return code_digests(kind, text)[0]


def code_digests(kind: str, text: str) -> tuple[str, ...]:
    """Return the digest of a code with today's key, and after it the one with the key before, if there is one."""
    return tuple(_code_hmac(key, f"{kind}|{text}").hexdigest() for key in _code_keys())


def code_key_marks() -> tuple[str, ...]:
    """Return what stands for the keys of codes beside each digest, today's first; it tells nothing of the key."""
    return tuple(key_mark(key.hex()) for key in _code_keys())


def key_mark(key: str) -> str:
    """Return what stands for a key of codes (64 hexadecimal digits)."""
    return _code_hmac(bytes.fromhex(key), "key mark").hexdigest()[:8]


def _code_keys() -> list[bytes]:
    """Return the keys of codes, today's first."""
    return [_keys[name] for name in ("codes", "codes-old") if name in _keys]


def _code_hmac(key: bytes, text: str) -> hmac.HMAC:
    """Return the HMAC-SHA-256 of a text."""
    return hmac.new(key, text.encode(), hashlib.sha256)


def audit_key() -> bytes:
    """Return the key of the audit trail's chain."""
    return _keys["audit"]
