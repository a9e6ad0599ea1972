"""What the finder shows beside what was asked for: doors that may open, and services that hide where they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, not_

from harmreduction.directory.models import ServiceAtLocation, ServiceLocation
from harmreduction.directory.queries.finder import ENTRY, Found, find_services, open_at
from harmreduction.directory.rules.finder import Question

MOST_SHUT = 5
MOST_HIDDEN = 10


def find_not_open(question: Question, *, at: datetime) -> Sequence[Found]:
    """Return the nearest that fit but are closed, or of which nobody knows when they are open."""
    anyway = replace(question, is_open_now=False)
    return find_services(anyway, at=at, limit=MOST_SHUT, also=(not_(open_at(at)),)).found


def find_hidden(question: Question, *, at: datetime) -> Sequence[Found]:
    """Return what fits at confidential places, by name: how far away they are says where they are."""
    anywhere = replace(question, near=None, within_km=None)
    return find_services(anywhere, at=at, limit=MOST_HIDDEN, also=(_is_confidential(),)).found


def _is_confidential() -> ColumnElement[bool]:
    """Return the condition that the place of an entry is confidential; such an entry has no position."""
    pair = ServiceAtLocation.id == ENTRY.c.service_at_location_id
    hidden = exists().where(pair, ServiceLocation.id == ServiceAtLocation.location_id, ServiceLocation.is_confidential)
    return ENTRY.c.latitude.is_(None) & hidden
