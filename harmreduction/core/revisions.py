"""Which migration the database stands at, and which it should stand at."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from flask import current_app
from flask_migrate import upgrade

from harmreduction.core.db import db


def newest_revision() -> str:
    """Return the revision that migrations/HEAD names; two branches that add one conflict there, in git."""
    folder = Path(current_app.extensions["migrate"].directory)
    return (folder / "HEAD").read_text().strip()


def stored_revision() -> str | None:
    """Return the revision at which the database stands, or None for an empty one."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def is_up_to_date() -> bool:
    """Say whether every migration has run."""
    return stored_revision() == newest_revision()


def migrate_database() -> None:
    """Run the migrations that are still to run."""
    if not is_up_to_date():
        db.session.rollback()  # a migration would wait for the read to end
        upgrade(revision="head")
