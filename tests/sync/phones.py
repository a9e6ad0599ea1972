"""A phone in Python: it seals, signs, keeps and sends records exactly as the one in `static/js/field` does."""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.core import sealed_box
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock.models import StockLocation
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount
from tests.factories import item

SYNC = "/field/sync"
LETS_GO = {"stored", "duplicate", "review", "gone"}


@dataclass
class Phone:
    """What one phone holds; clock_ahead: how far its clock is ahead of ours."""

    device: str
    by: str
    signing: ec.EllipticCurvePrivateKey
    server_key: tuple[str, str]
    seq: int = 0
    outbox: list[dict[str, Any]] = field(default_factory=list)
    clock_ahead: timedelta = timedelta(0)

    def clock(self) -> datetime:
        """Return what the phone's clock shows."""
        return datetime.now(UTC) + self.clock_ahead

    def seal(
        self, kind: str, *, record_id: str | None = None, at: datetime | None = None, **told: Any
    ) -> dict[str, Any]:
        """Return the envelope of the next record; it is kept nowhere yet."""
        self.seq += 1
        record = {"v": 1, "kind": kind, "seq": self.seq, "by": self.by, "at": _iso(at or self.clock()), "offset": -300}
        return close({**record, "lists": "a1", **told}, self, record_id or new_id())

    def save(self, kind: str, **told: Any) -> dict[str, Any]:
        """Seal a record, keep it until it is sent, and return its envelope."""
        self.outbox.append(self.seal(kind, **told))
        return self.outbox[-1]

    def hand_out(
        self, place: StockLocation, *lines: tuple[str, int], visit: str | None = None, **told: Any
    ) -> dict[str, Any]:
        """Keep a hand-out of (item code, units) lines, as a tap does; one box of naloxone if nothing is said."""
        chosen = [{"item": item(code).public_id, "units": units} for code, units in lines or (("naloxone-nasal-4", 1),)]
        return self.save("hand_out", visit=visit or new_id(), place=place.public_id, lines=chosen, **told)

    def message(self, records: Sequence[dict[str, Any]] | None = None) -> dict[str, Any]:
        """Return what a phone posts: these records, else the oldest hundred."""
        sent = list(self.outbox[:100] if records is None else records)
        now = round(self.clock().timestamp() * 1000)
        told = {"device": self.device, "sent_at": now, "last_seq": self.seq, "waiting": len(self.outbox)}
        return {**told, "oldest_at": now if self.outbox else None, "records": sent}

    def send(self, client: Any, records: Sequence[dict[str, Any]] | None = None) -> dict[str, str]:
        """Post records (the oldest hundred that wait), let go of what was answered, and return status by id."""
        response = client.post(SYNC, json=self.message(records))
        assert response.status_code == 200, (response.status_code, response.get_data(as_text=True))
        return self.take(response.get_json())

    def take(self, answer: dict[str, Any]) -> dict[str, str]:
        """Let go of what an answer of the server names."""
        assert answer["ok"] is True
        said = {result["id"]: result["status"] for result in answer["results"]}
        self.outbox = [envelope for envelope in self.outbox if said.get(envelope["id"]) not in LETS_GO]
        return said


def make_phone(*accounts: Account, label: str = "Chrome on Android") -> Phone:
    """Set a phone up on which these members of the team were signed in; the first one writes."""
    signing = ec.generate_private_key(ec.SECP256R1())
    at = datetime.now(UTC)
    with transaction():
        device = FieldDevice(
            label=label,
            browser=label,
            public_key=_b64(_raw(signing.public_key())),
            made_at=at,
            made_by_id=accounts[0].id,
            seen_at=at,
        )
        db.session.add(device)
        db.session.flush()
        device_id = device.public_id
        for account in accounts:
            db.session.add(FieldDeviceAccount(device_id=device.id, account_id=account.id, since=at))
    return Phone(device_id, accounts[0].public_id, signing, sealed_box.public_key())


def device_of(phone: Phone) -> FieldDevice:
    """Return what the server keeps of a phone."""
    return db.session.scalars(
        select(FieldDevice).where(FieldDevice.public_id == phone.device).execution_options(populate_existing=True)
    ).one()


def close(record: dict[str, Any], phone: Phone, record_id: str, *, device: str | None = None) -> dict[str, Any]:
    """Return the envelope of a record, whatever stands in it."""
    key_id, server_key = phone.server_key
    sender, iv = ec.generate_private_key(ec.SECP256R1()), os.urandom(12)
    epk, server = _raw(sender.public_key()), base64.b64decode(server_key)
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), server))
    info = f"field-record-v1|{key_id}|".encode() + epk + server
    key = HKDF(SHA256(), 32, b"\0" * 32, info).derive(shared)
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
    padded = len(text).to_bytes(4, "big") + text
    padded += b"\0" * (-len(padded) % 512)
    device = device or phone.device
    ct = AESGCM(key).encrypt(iv, padded, f"1|{key_id}|{device}|{record_id}".encode())
    envelope = {
        "v": 1,
        "id": record_id,
        "device": device,
        "key": key_id,
        "epk": _b64(epk),
        "iv": _b64(iv),
        "ct": _b64(ct),
    }
    return sign(envelope, phone)


def sign(envelope: dict[str, Any], phone: Phone) -> dict[str, Any]:
    """Return an envelope with the signature of a phone."""
    text = "|".join(str(envelope[name]) for name in ("v", "id", "device", "key", "epk", "iv", "ct"))
    r, s = decode_dss_signature(phone.signing.sign(text.encode(), ec.ECDSA(SHA256())))
    return {**envelope, "sig": _b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a key as Web Cryptography exports it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _b64(content: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(content).decode()


def _iso(moment: datetime) -> str:
    """Return a moment as JavaScript's toISOString writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
