"""What a phone asks before it can keep anything: its own key, and the kit of today."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.pages import PageClient

KIT = "/field/kit"


def new_public_key() -> str:
    """Return the key of a new phone, as it tells it."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return base64.b64encode(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode()


def ask_kit(client: PageClient, *, status: int = 200, **asked: Any) -> dict[str, Any]:
    """Ask for the kit as a phone does, by default as a new one, and return the answer."""
    answer = client.post(KIT, json={"public_key": new_public_key(), "languages": ["en"]} | asked)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    return dict(answer.get_json())
