"""What the server does with a batch from a phone: fifty records kept, opened, checked and saved."""

from collections.abc import Iterator

from sqlalchemy import func, select

from bench.measure import Figure, typical, watched
from bench.programme import FROM_HERE, IN_STOCK, new_programme, refuse_unbalanced
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution
from tests import factories
from tests.sync.phones import SYNC, make_phone

RECORDS = 50
MILLISECONDS = 150
ROUNDS = 20
WARM_UP = 20  # rounds that `typical` does not count


def figures() -> Iterator[Figure]:
    """Post batches of fifty hand-outs that were sealed before, through the route that phones use."""
    with new_programme() as app:
        with app.app_context():
            site = factories.make_site()
            shelf = factories.make_location(site)
            factories.receive(shelf, IN_STOCK)
            account = factories.make_account(sites=(site.id,))
            phone = make_phone(account)
            batches = [[phone.hand_out(shelf) for _ in range(RECORDS)] for _ in range(ROUNDS + WARM_UP + 1)]
            engine, (name, value) = db.engine, factories.make_session_cookie(account)
        client = app.test_client()
        client.set_cookie(name, value)

        def send() -> None:
            answer = client.post(SYNC, json=phone.message(batches.pop(0)), headers=FROM_HERE)
            if answer.status_code != 200 or any(one["status"] != "stored" for one in answer.get_json()["results"]):
                raise RuntimeError(f"The batch was not saved: {answer.text[:200]}")

        taken = typical(send, times=ROUNDS)
        with watched(engine) as seen:
            send()
        with app.app_context():
            saved = db.session.scalar(select(func.count()).select_from(Distribution))
        if saved != (ROUNDS + WARM_UP + 1) * RECORDS:
            raise RuntimeError(f"{saved} hand-outs were saved.")
        refuse_unbalanced(app)
    yield Figure(
        name=f"{RECORDS} records of a phone opened and saved",
        measured=taken.median,
        goal=MILLISECONDS,
        unit="ms",
        details=[*taken.details, f"{len(seen.texts)} statements, {seen.commits} commits"],
    )
