"""Problems become pages with the right status, and the log never tells what somebody typed."""

import pytest
from sqlalchemy import insert

from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound, NotSaved, OutOfDate
from harmreduction.core.messages import message
from harmreduction.settings.models import Setting
from harmreduction.web.access import public
from tests.factories import make_site
from tests.pages import PageClient, text_of

TYPED = "asked for the smaller needles"


class CountedMeanwhile(OutOfDate):
    """A kind of problem that a feature adds."""


class OutOfSight(NotFound):
    """Another one."""


def breaking(app, monkeypatch, break_it):
    """Let a page that everybody may open do this, and return a browser and the page's address."""
    monkeypatch.setitem(app.view_functions, "help.privacy", public(break_it))
    return PageClient(app), "/privacy"


def store_twice():
    with transaction():
        for _ in range(2):
            db.session.execute(insert(Setting), {"name": TYPED, "value": TYPED})


def store_twice_and_lose_track():
    try:
        store_twice()
    except Exception:
        raise LookupError("nothing here") from None


@pytest.mark.parametrize(("problem", "status"), [(CountedMeanwhile, 409), (OutOfSight, 404), (NotSaved, 503)], ids=str)
def test_a_kind_of_problem_has_the_status_of_what_it_is(app, database, monkeypatch, problem, status):
    def fail():
        raise problem(message("Count again."))

    browser, address = breaking(app, monkeypatch, fail)
    assert "Count again." in text_of(browser.page(address, status=status))


@pytest.mark.parametrize("fail", [store_twice, store_twice_and_lose_track])
def test_the_log_tells_where_the_database_refused_and_never_what_was_typed(instance, monkeypatch, caplog, fail):
    monkeypatch.setitem(instance.app.config, "PROPAGATE_EXCEPTIONS", False)
    browser, address = breaking(instance.app, monkeypatch, fail)
    page = browser.page(address, status=500)
    assert TYPED not in page
    assert TYPED not in caplog.text
    assert "store_twice" in caplog.text
    assert "IntegrityError" in caplog.text
    assert "UNIQUE constraint failed: setting.name" in caplog.text


def test_on_postgresql_the_log_tells_no_values_either(postgresql_app, postgresql_database, monkeypatch, caplog):
    monkeypatch.setitem(postgresql_app.config, "PROPAGATE_EXCEPTIONS", False)
    browser, address = breaking(postgresql_app, monkeypatch, store_twice)
    browser.page(address, status=500)
    assert TYPED not in caplog.text
    assert "pk_setting" in caplog.text


def test_a_zero_byte_breaks_nothing_on_postgresql(postgresql_app, postgresql_database):
    make_site()
    answer = PageClient(postgresql_app).post("/sign-in", data={"sign_in_name": "may\x00a", "passphrase": "a\x00b"})
    assert answer.status_code == 200


def test_a_form_without_an_origin_is_refused_and_not_for_a_role(sign_in_as):
    maya = sign_in_as("outreach_worker")
    for headers in ({"Origin": "null", "Sec-Fetch-Site": ""}, {"Sec-Fetch-Site": "cross-site"}):
        answer = maya.post("/sign-out", headers=headers)
        assert answer.status_code == 403
        assert "sent from another website" in text_of(answer)
        assert "not part of your role" not in text_of(answer)


def test_our_pages_let_a_browser_name_their_origin_to_us_and_to_nobody_else(client):
    assert client.get("/sign-in").headers["Referrer-Policy"] == "same-origin"
