"""Keep the list of lines that somebody can call."""

import csv
from dataclasses import asdict
from datetime import date
from importlib import resources
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.directory.models import Hotline
from harmreduction.directory.queries.hotlines import get_hotline
from harmreduction.directory.rules.hotlines import HotlineChange, HotlineKind, check_line

STARTING = UUID("5d8c9c64-9f0a-5c0f-8c4e-3d0a4ad2f1b7")  # namespace of the ids of the starting list
HOTLINE = cast(Table, Hotline.__table__)


def load_hotlines() -> int:
    """Add the lines of the starting list that were never here; return how many were added.

    A programme edits them as it likes, and nobody has checked them for it yet.
    """
    with transaction():
        known = set(db.session.scalars(select(Hotline.public_id)))
        new = [line for line in map(_starting_line, _rows()) if line.public_id not in known]
        db.session.add_all(new)
        return len(new)


def add_hotline(public_id: str, change: HotlineChange, *, by: Actor) -> None:
    """Add a line once; its id was made with the page. Raises UnusableLine."""
    check_line(change)
    with transaction():
        made = db.session.scalar(
            insert_if_new(HOTLINE).returning(HOTLINE.c.id), {"public_id": public_id, **asdict(change)}
        )
        if made is not None:
            record(Event.HOTLINE_CHANGED, by=by, subject=public_id)


def change_hotline(public_id: str, change: HotlineChange, *, by: Actor) -> None:
    """Change a line; a new number has not been checked yet. Raises UnusableLine."""
    check_line(change)
    with transaction():
        line = get_hotline(public_id)
        if (line.phone, line.text_number, line.url) != (change.phone, change.text_number, change.url):
            line.verified_on = None
        for name, value in asdict(change).items():
            setattr(line, name, value)
        record(Event.HOTLINE_CHANGED, by=by, subject=public_id)


def confirm_hotline(public_id: str, *, today: date, by: Actor) -> None:
    """Remember that somebody tried a line today and it works as listed."""
    with transaction():
        get_hotline(public_id).verified_on = today
        record(Event.HOTLINE_CHANGED, by=by, subject=public_id)


def _starting_line(row: dict[str, str]) -> Hotline:
    """Return a line of the starting list, with an id that is the same in every programme."""
    texts = {
        name: row[name] for name in ("name", "about", "phone", "text_number", "url", "hours", "languages", "source")
    }
    return Hotline(
        public_id=str(uuid5(STARTING, row["code"])),
        kind=HotlineKind(row["kind"]).value,
        position=int(row["position"]),
        **texts,
    )


def _rows() -> list[dict[str, str]]:
    """Read the starting list."""
    text = resources.files("harmreduction").joinpath("data", "hotlines.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
