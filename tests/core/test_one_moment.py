"""A check of the books reads them as of one moment, while people go on working."""

import threading

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from harmreduction.core.db import db, one_moment, transaction
from harmreduction.settings.models import Setting
from tests.factories import hand_out, make_location, receive


def in_another_request(app, deed):
    """Do something as another request does, and wait for it."""

    def run():
        with app.app_context():
            deed()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def save():
    with transaction():
        db.session.add(Setting(name="meanwhile", value="yes"))


def count():
    return db.session.scalar(select(func.count()).select_from(Setting))


def test_what_others_save_meanwhile_is_seen_after(instance):
    with one_moment():
        before = count()
        in_another_request(instance.app, save)
        assert count() == before
    assert count() == before + 1


def test_what_others_save_meanwhile_is_seen_after_on_postgresql(postgresql_app, postgresql_database):
    with one_moment():
        before = count()
        in_another_request(postgresql_app, save)
        assert count() == before
        with pytest.raises(DBAPIError, match="read-only"):
            db.session.execute(text("DELETE FROM setting"))
    assert count() == before + 1
    with transaction():  # the next one may write again
        db.session.execute(text("DELETE FROM setting"))
    assert count() == 0


def test_a_hand_out_during_the_check_is_no_difference_on_postgresql(postgresql_app, postgresql_database):
    shelf = make_location()
    receive(shelf, 100)
    db.session.rollback()
    handed_out = []

    def hand_out_meanwhile(_connection, _cursor, statement, *_rest):
        if "stock_movement" in statement and not handed_out:
            handed_out.append(True)
            in_another_request(postgresql_app, lambda: hand_out(db.session.merge(shelf), ("naloxone-nasal-4", 1)))

    event.listen(db.engine, "after_cursor_execute", hand_out_meanwhile)
    try:
        answer = postgresql_app.test_cli_runner().invoke(args=["hr", "verify"])
    finally:
        event.remove(db.engine, "after_cursor_execute", hand_out_meanwhile)
    assert handed_out
    assert (answer.exit_code, "Balanced: 1 movements" in answer.output) == (0, True), answer.output
