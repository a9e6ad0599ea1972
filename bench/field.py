"""Phones without a signal: how heavy and how quick the log page is, and how quickly the server takes what they send."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bench import field_phone, field_server
from bench.measure import Figure
from harmreduction.accounts.models import Account
from harmreduction.config import HOUSE, Config
from harmreduction.core.db import db
from harmreduction.core.revisions import migrate_database
from harmreduction.demo import build_demonstration
from harmreduction.factory import create_app
from tests.factories import make_session_cookie

SCRIPT_KILOBYTES = 10


def figures() -> Iterator[Figure]:
    """Measure everything about phones."""
    yield _scripts()
    yield from field_server.figures()
    with TemporaryDirectory(prefix="hr-bench-") as folder:
        app = create_app(Config(instance=Path(folder) / "instance", keys=Path(folder) / "instance-keys"))
        with app.app_context():
            migrate_database()
            build_demonstration(lambda _progress: None)
            worker = db.session.scalars(select(Account).where(Account.role == "outreach_worker")).one()
            cookie = make_session_cookie(worker)
        yield from field_phone.figures(app, cookie)
        with app.app_context():
            db.engine.dispose()


def _scripts() -> Figure:
    """Weigh every script of the log page, by gzip at its best."""
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in (HOUSE / "static/js/field").glob("*.js")}
    return Figure(
        name="scripts of the log page, gzip",
        measured=sum(sizes.values()) / 1000,
        goal=SCRIPT_KILOBYTES,
        unit="KB",
        details=[f"{size:6} bytes  {name}" for name, size in sorted(sizes.items())],
    )
