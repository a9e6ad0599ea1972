"""The server of a phone, with everything that can go wrong between the two."""

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from waitress.server import BaseWSGIServer, create_server

from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter
from harmreduction.sync.models import FieldDevice, FieldRecord
from tests.browser.conftest import PATIENCE, House, stop_serving

SENDING = "/field/sync"
PORTAL = b"<!doctype html><title>Free WiFi</title><h1>Welcome. Tap to agree.</h1>"
SLOW = 1.5  # seconds
FAULTS = ("dropped before", "dropped after", "cut short", "refused", "broken", "portal", "sent elsewhere")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One try of a phone to send: what went wrong with it, and what it carried."""

    fault: str | None
    records: tuple[dict[str, Any], ...]


@dataclass(kw_only=True)
class FieldServer(House):
    """The app at an address that stays; it can be stopped and started, and what phones send can go wrong.

    fault: what goes wrong with each sending from now on, or a function that says it each time; none: nothing.
    """

    fault: str | Callable[[], str | None] | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # every path that was asked for
    broken: set[str] = field(default_factory=set)  # paths that answer with an error
    _server: BaseWSGIServer | None = None
    _thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Say whether anybody answers."""
        return self._server is not None

    def start(self) -> None:
        """Answer, at the same port as before."""
        port = int(self.url.rpartition(":")[2] or 0) if self.url else 0
        server = create_server(self._answer, host="127.0.0.1", port=port, threads=4, ident=None)
        self.url = f"http://127.0.0.1:{server.effective_port}"
        self._server, self._thread = server, threading.Thread(target=server.run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be gone: no port, no open connection, no answer under way."""
        server, thread = self._server, self._thread
        assert server is not None
        assert thread is not None
        self._server = None
        stop_serving(server, thread)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request; what a phone sends meets the fault of the hour."""
        self.asked.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] in self.broken:
            return self._go_wrong("broken", environ, start)
        if environ["PATH_INFO"] != SENDING:
            return self.app.wsgi_app(environ, start)
        fault = self.fault() if callable(self.fault) else self.fault
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        self.deliveries.append(Delivery(fault=fault, records=tuple(json.loads(body)["records"])))
        if fault == "slow":
            time.sleep(SLOW)
        if fault is None or fault == "slow":
            return self.app.wsgi_app(environ, start)
        return self._go_wrong(fault, environ, start)

    def _go_wrong(self, fault: str, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Do to a sending what a bad evening does to it."""
        if fault in ("dropped after", "cut short"):
            status, headers, body = self._really(environ)
            if fault == "cut short":
                start(status, headers)
                return self._half(environ, body)
        if fault.startswith("dropped"):
            self._cut(environ)
        if fault == "sent elsewhere":
            start("302 FOUND", [("Location", "/sign-in"), ("Content-Length", "0")])
            return [b""]
        status, kind, body = {
            "refused": ("401 UNAUTHORIZED", "application/json", b'{"ok": false, "why": "sign_in"}'),
            "broken": ("500 INTERNAL SERVER ERROR", "text/html", b"<h1>Oh</h1>"),
            "portal": ("200 OK", "text/html; charset=utf-8", PORTAL),
        }.get(fault, ("500 INTERNAL SERVER ERROR", "text/plain", b""))
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _really(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """Let the app do what it was asked, and return what it would say."""
        said: list[Any] = []
        body = b"".join(self.app.wsgi_app(environ, lambda status, headers, *_: said.extend((status, headers))))
        return said[0], said[1], body

    def _half(self, environ: dict[str, Any], body: bytes) -> Iterable[bytes]:
        """Say half of an answer, and hang up."""
        yield body[: len(body) // 2]
        self._cut(environ)

    def _cut(self, environ: dict[str, Any]) -> None:
        """Hang up on whoever asks."""
        asking = (environ["REMOTE_ADDR"], int(environ["REMOTE_PORT"]))
        for channel in list(self._server.active_channels.values()) if self._server else []:
            if channel.addr == asking:
                channel.socket.shutdown(2)

    # What the database holds, read past every page.

    def handed_out(self) -> Counter[str]:
        """Count hand-outs by their id; what was undone or voided is not among them."""
        with self.app.app_context():
            voided = select(DistributionVoid.distribution_id)
            kept = select(Distribution.public_id).where(Distribution.id.not_in(voided))
            return Counter(db.session.scalars(kept))

    def statuses(self) -> dict[str, str]:
        """Return what became of each record, by its id."""
        with self.app.app_context():
            return {record.public_id: record.status for record in db.session.scalars(select(FieldRecord))}

    def wait_for(self, *ids: str) -> None:
        """Wait until each of these hand-outs is here."""
        end = time.monotonic() + PATIENCE / 1000
        while missing := set(ids) - set(self.handed_out()):
            assert time.monotonic() < end, missing
            time.sleep(0.05)

    def visit_id_of(self, hand_out: str) -> str:
        """Return the id of the visit that a hand-out belongs to."""
        with self.app.app_context():
            visit = select(Encounter.public_id).join(Distribution, Distribution.encounter_id == Encounter.id)
            return db.session.scalars(visit.where(Distribution.public_id == hand_out)).one()

    def count(self, model: type) -> int:
        """Count the rows of a table."""
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(model)) or 0

    def phone_id(self) -> str:
        """Return the id of the phone that was set up last."""
        with self.app.app_context():
            return db.session.scalars(select(FieldDevice.public_id).order_by(FieldDevice.id.desc())).first() or ""

    def verify(self) -> str:
        """Return what `hr verify` says, and fail where it finds a difference."""
        answer = self.app.test_cli_runner().invoke(args=["hr", "verify"])
        assert answer.exit_code == 0, answer.output
        return answer.output

    def resent_otherwise(self) -> list[str]:
        """Return the ids of records that were sent twice and not with the same bytes."""
        seen: dict[str, str] = {}
        records = [record for delivery in self.deliveries for record in delivery.records]
        return [record["id"] for record in records if seen.setdefault(record["id"], _text(record)) != _text(record)]


def _text(record: dict[str, Any]) -> str:
    """Return a record as one text."""
    return json.dumps(record, sort_keys=True)
