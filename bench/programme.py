"""A programme on an encrypted file, with a worker who hands out through the product's own page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from harmreduction.audit.queries import find_broken_link
from harmreduction.config import Config
from harmreduction.core.db import db, new_id
from harmreduction.core.revisions import migrate_database
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.encounters import verification
from harmreduction.encounters.models import UsualHandout
from harmreduction.encounters.usual import load_usual_handouts
from harmreduction.factory import create_app
from harmreduction.stock.catalogue import load_catalogue
from harmreduction.stock.verification import find_differences
from tests import factories

IN_STOCK = 100_000  # more than all benchmarks hand out
FROM_HERE = {"Origin": "http://localhost"}  # what a browser says of a form of the same site
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
VISIT = re.compile(r'name="visit"[^>]*value="([^"]+)"')
PLACE = re.compile(r'name="place"[^>]*value="([^"]+)"')
LAST = re.compile(r'value="(last:[^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A browser in which somebody is signed in, with the page of tiles open."""

    app: Flask
    account_id: int
    client: FlaskClient
    token: str
    place: str
    tile: str

    def post(self, *, give: str = "", visit: str = "") -> str:
        """Tap the first tile, or what `give` names, on a page opened anew; return where the answer leads."""
        answer = self.client.post(
            "/hand-out",
            data={
                "csrf_token": self.token,
                "form_id": new_id(),
                "visit": visit,
                "place": self.place,
                "day": "",
                "give": give or self.tile,
            },
            headers=FROM_HERE,
        )
        if answer.status_code != 302 or "saved=" not in answer.location:
            raise RuntimeError(f"The hand-out was not saved: {answer.status}")
        return str(answer.location)

    def page_after(self, saved: str) -> tuple[str, str]:
        """Return the visit to which the next tap belongs, and what "same as last" posts, from the page after a tap."""
        page = self.client.get(saved).text
        return _found(VISIT, page), _found(LAST, page)


@contextmanager
def new_programme() -> Iterator[Flask]:
    """Make an empty programme in a folder of its own, gone afterwards."""
    with TemporaryDirectory(prefix="hr-bench-") as folder:
        app = create_app(Config(instance=Path(folder) / "instance", keys=Path(folder) / "instance-keys"))
        with app.app_context():
            migrate_database()
            load_catalogue()
            load_hotlines()
            load_usual_handouts()
        try:
            yield app
        finally:
            with app.app_context():
                db.engine.dispose()  # lets go of the file


def sign_in(app: Flask) -> Worker:
    """Return a worker at a site with a full shelf, at the page of tiles."""
    with app.app_context():
        site = factories.make_site()
        shelf = factories.make_location(site)
        factories.receive(shelf, IN_STOCK)
        account = factories.make_account(sites=(site.id,))
        name, value = factories.make_session_cookie(account)
        account_id = account.id
        tile = db.session.scalars(select(UsualHandout.public_id).order_by(UsualHandout.position).limit(1)).one()
    client = app.test_client()
    client.set_cookie(name, value)
    client.get("/hand-out")  # the only place of this worker is chosen for them
    page = client.get("/hand-out").text
    return Worker(
        app=app,
        account_id=account_id,
        client=client,
        token=_found(TOKEN, page),
        place=_found(PLACE, page),
        tile=tile,
    )


def refuse_unbalanced(app: Flask) -> None:
    """Stop when the ledger does not balance: a figure measured on a wrong ledger would say nothing."""
    with app.app_context():
        wrong = [*find_differences(), *verification.find_differences()]
        if wrong or find_broken_link() is not None:
            raise RuntimeError(f"The ledger is not in order: {wrong[:3] or 'the audit trail is broken'}")


def _found(pattern: re.Pattern[str], html: str) -> str:
    """Return what a page says at one place."""
    found = pattern.search(html)
    if found is None:
        raise RuntimeError("The page of tiles is not as expected.")
    return found[1]
