"""What the running server leaves of the database file to others, and to itself."""

import socket
import time
from contextlib import contextmanager

from harmreduction.core.db import db
from tests.factories import make_account, make_site


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Say whether somebody answers on a port."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def served(instance, monkeypatch):
    """Run the server on an instance, from when it answers."""
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    server = instance.start("flask", "--app", "app", "hr", "serve")
    try:
        while not listens(port):
            assert server.returncode is None, "the server stopped"
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.finish()


def test_a_server_that_only_waits_keeps_nothing_erased_in_the_log_and_holds_up_nobody(instance, monkeypatch):
    make_account()
    db.session.remove()
    with served(instance, monkeypatch):
        make_site()
        db.session.remove()
        stranger = instance.open_behind_our_back()
        busy, _pages, _moved = stranger.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        stranger.close()
    assert not busy
