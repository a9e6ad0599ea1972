"""The fingerprint of a fact, by which a repeated one is told from a changed one."""

import hashlib
import json
from collections.abc import Mapping


def fingerprint(fields: Mapping[str, object]) -> str:
    """Return the SHA-256 (hexadecimal) of the fields as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
