"""Look after the team's phones: call them something, end the access of a lost one, know what never came."""

from datetime import datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction
from harmreduction.sync.queries.phones import get_device, get_phone


def rename_phone(public_id: str, label: str, *, by: Actor) -> None:
    """Call a phone something."""
    with transaction():
        device = get_device(public_id)
        if device.label != label:
            device.label = label
            record(Event.DEVICE_CHANGED, by=by, subject=device.public_id)


def end_access(public_id: str, *, by: Actor, at: datetime) -> None:
    """Let a phone send nothing more by itself; what it sent stays.

    Its cookie is still known: a session that is open on it ends when it is heard of again.
    """
    with transaction():
        device = get_device(public_id)
        if device.revoked_at is None:
            device.revoked_at, device.revoked_by_id = at, by.account_id
            device.token_expires_at = None
            record(Event.DEVICE_REVOKED, by=by, subject=device.public_id)


def note_gaps(public_id: str, upto: int, *, by: Actor, at: datetime) -> None:
    """Know that numbers up to one never came, so that nobody is told of them again; what comes later still counts."""
    with transaction():
        lost = get_phone(public_id, now=at).gaps.lost
        known = [min(last, upto) for first, last in lost if first <= upto]
        if known:
            device = get_device(public_id)
            device.noted_seq = max(device.noted_seq, *known)
            record(Event.DEVICE_CHANGED, by=by, subject=device.public_id)
