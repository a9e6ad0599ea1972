"""The whole directory as one file: packed once, and kept until something in it changes.

Packing takes seconds for a large directory, and anybody may ask for it.
"""

import io
import threading
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.directory.hsds.package import write_zip
from harmreduction.directory.models import DirectoryChange
from harmreduction.directory.queries.export import public_bundle
from harmreduction.directory.queries.records import TABLES
from harmreduction.settings.queries import current_settings

KEPT = "hsds_package"
State = tuple[str, int | None, tuple[datetime | None, ...]]

_one_at_a_time = threading.Lock()


def packed_directory() -> bytes:
    """Return the directory as a tabular data package (ZIP), as anybody may have it."""
    with _one_at_a_time:
        state = _state()
        kept: tuple[State, bytes] | None = current_app.extensions.get(KEPT)
        if kept is not None and kept[0] == state:
            return kept[1]
        packed = io.BytesIO()
        write_zip(public_bundle(), packed, title=current_settings().programme_name)
        current_app.extensions[KEPT] = (state, packed.getvalue())
        return packed.getvalue()


def _state() -> State:
    """Return what tells one state of the directory from any other: its last change, and those of each kind."""
    changes = tuple(db.session.scalar(select(func.max(table.c.changed_at))) for table in TABLES.values())
    return current_settings().programme_name, db.session.scalar(select(func.max(DirectoryChange.id))), changes
