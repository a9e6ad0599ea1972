"""Phones without a signal: how heavy and how quick the log page is, and how quickly the server takes what they send."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import select

from bench import field_phone, field_server
from bench.measure import Figure
from harmreduction.accounts.models import Account
from harmreduction.config import Config
from harmreduction.core.db import db
from harmreduction.core.revisions import migrate_database
from harmreduction.demo import build_demonstration
from harmreduction.factory import create_app
from harmreduction.sync.app_files import AT_ONCE, WORKER, module_text, names
from tests.factories import make_session_cookie

SCRIPT_KILOBYTES = 10


def figures() -> Iterator[Figure]:
    """Measure everything about phones."""
    yield from field_server.figures()
    with TemporaryDirectory(prefix="hr-bench-") as folder:
        app = create_app(Config(instance=Path(folder) / "instance", keys=Path(folder) / "instance-keys"))
        with app.app_context():
            migrate_database()
            build_demonstration(lambda _progress: None)
            worker = db.session.scalars(select(Account).where(Account.role == "outreach_worker")).one()
            cookie = make_session_cookie(worker)
        yield from _scripts(app)
        yield from field_phone.figures(app, cookie)
        with app.app_context():
            db.engine.dispose()


def _scripts(app: Flask) -> Iterator[Figure]:
    """Weigh the scripts as they travel, by gzip at its best: those of the log page, and with its sections."""
    with app.app_context():
        texts = {name: module_text(name).encode() for name in names()}
    details = [f"{len(gzip.compress(text, 9)):6} bytes  {name}" for name, text in texts.items()]
    first = [texts[name] for name in (*AT_ONCE, WORKER)]
    for title, chosen in (("scripts that open the log page", first), ("with those of its sections", [*texts.values()])):
        weight = len(gzip.compress(b"".join(chosen), 9)) / 1000
        yield Figure(name=f"{title}, gzip", measured=weight, goal=SCRIPT_KILOBYTES, unit="KB", details=details)
