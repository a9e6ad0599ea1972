"""The unit of work: all of it or none of it, and a sentence when the disk or the database refuses."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from harmreduction.core.db import UtcDateTime, at_the_end, db, new_id, transaction
from harmreduction.core.encrypted_sqlite import driver
from harmreduction.core.errors import NotSaved
from harmreduction.settings.models import Setting

DIALECT = None  # the column type is the same on every database
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001  # its bounds


def save(name, value="yes"):
    db.session.add(Setting(name=name, value=value))


def saved():
    return set(db.session.scalars(select(Setting.name)))


def test_nested_blocks_are_saved_together(database):
    with transaction():
        save("outer")
        with transaction():
            save("inner")
        assert db.session.info["transaction"] == "open"
    assert saved() == {"outer", "inner"}


def test_a_failure_inside_undoes_everything(database):
    with pytest.raises(ValueError, match="a slip"), transaction():
        save("outer")
        with transaction():
            save("inner")
        raise ValueError("a slip")
    assert saved() == set()


def test_a_failure_that_was_caught_inside_undoes_everything_too(database):
    with pytest.raises(RuntimeError, match="nothing was saved"), transaction():
        save("outer")
        with pytest.raises(ValueError, match="a slip"), transaction():
            save("inner")
            raise ValueError("a slip")
    assert saved() == set()


def save_all(names):
    save(" ".join(names))


def test_what_is_left_for_the_end_is_done_once_and_is_part_of_the_whole(database):
    with transaction():
        at_the_end(save_all, "first")
        with transaction():
            at_the_end(save_all, "second")
        assert saved() == set()
    assert saved() == {"first second"}
    with pytest.raises(ValueError, match="a slip"), transaction():
        at_the_end(save_all, "third")
        raise ValueError("a slip")
    with transaction():
        save("fourth")
    assert saved() == {"first second", "fourth"}


def test_after_a_failure_the_next_block_saves(database):
    with pytest.raises(ValueError, match="a slip"), transaction():
        raise ValueError("a slip")
    with transaction():
        save("again")
    assert saved() == {"again"}


def test_a_named_constraint_undoes_everything_and_keeps_its_name(database):
    with pytest.raises(IntegrityError), transaction():
        save("first")
        db.session.flush()
        db.session.expunge_all()
        save("first")
    assert saved() == set()


def test_what_is_added_changed_or_deleted_outside_is_noticed(database):
    with transaction():
        save("kept", "before")
    setting = db.session.get_one(Setting, "kept")
    deeds = (lambda: save("new"), lambda: setattr(setting, "value", "after"), lambda: db.session.delete(setting))
    for careless in deeds:
        careless()
        with pytest.raises(RuntimeError, match="outside transaction"), transaction():
            pytest.fail("the block must not begin")
        db.session.rollback()
    assert db.session.get_one(Setting, "kept").value == "before"


def test_what_was_read_before_is_read_again_inside(instance):
    with transaction():
        save("place", "shelf")
    setting = db.session.get_one(Setting, "place")
    assert setting.value == "shelf"
    in_another_thread(instance, change_the_place)
    assert setting.value == "shelf"  # a read still sees the moment at which it began
    with transaction():
        assert setting.value == "van"


def change_the_place():
    with transaction():
        db.session.get_one(Setting, "place").value = "van"


def test_a_block_holds_the_database_from_its_beginning_so_that_no_other_process_writes_between(instance):
    stranger = instance.open_behind_our_back()
    with transaction():
        assert saved() == set()  # only a read so far
        with pytest.raises(driver().OperationalError, match="locked"):
            stranger.execute("BEGIN IMMEDIATE")
    stranger.execute("BEGIN IMMEDIATE")
    stranger.execute("ROLLBACK")
    stranger.close()


def test_decisions_of_many_at_once_rest_on_what_is_true(instance):
    with transaction():
        save("count", "0")
    in_another_thread(instance, *[count_to_ten] * 6)
    db.session.rollback()
    assert db.session.get_one(Setting, "count").value == "60"


def count_to_ten():
    for _ in range(10):
        with transaction():
            setting = db.session.get_one(Setting, "count")
            setting.value = str(int(setting.value) + 1)


def in_another_thread(instance, *deeds):
    """Do these at the same time, each in a request of its own, and let a failure fail the test."""
    problems = []

    def run(deed):
        try:
            with instance.app.app_context():
                deed()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_database_that_another_program_holds_gets_a_sentence_and_then_saves(instance):
    instance.set_on_every_connection("busy_timeout=20")
    holder = instance.open_behind_our_back()
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotSaved, match=r"busy, so this was not saved yet. Wait a moment"), transaction():
        save("waiting")
    assert saved() == set()
    holder.execute("ROLLBACK")
    holder.close()
    with transaction():
        save("waiting")
    assert saved() == {"waiting"}


def test_a_full_disk_gets_a_sentence_and_nothing_is_half_written(instance):
    pages = db.session.scalar(text("PRAGMA page_count"))
    instance.set_on_every_connection(f"max_page_count={pages}")
    with pytest.raises(NotSaved, match=r"disk of the server is full.*Free some space"), transaction():
        for number in range(500):
            save(f"setting {number}", "x" * 400)
        db.session.flush()
    assert saved() == set()
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_database_that_cannot_be_written_gets_a_sentence(instance):
    instance.set_on_every_connection("query_only=ON")
    with pytest.raises(NotSaved, match=r"may not write to its database.*Tell your administrator"), transaction():
        save("anything")
        db.session.flush()
    assert saved() == set()


def test_what_the_database_refuses_for_another_reason_is_not_called_busy_and_its_words_stay_here(instance, caplog):
    typed = "what somebody typed"
    with pytest.raises(NotSaved, match=r"did not take this.*Tell your administrator") as refused, transaction():
        db.session.execute(text(f"INSERT INTO no_such_table VALUES ('{typed}')"))  # noqa: S608
    assert typed not in str(refused.value)
    assert typed not in caplog.text
    assert "OperationalError" in caplog.text


def test_every_constraint_has_a_name_so_that_a_migration_can_change_it(database):
    schema = inspect(db.engine)
    nameless = [
        (table, constraint)
        for table in schema.get_table_names()
        if table != "alembic_version"
        for constraint in (
            schema.get_pk_constraint(table),
            *schema.get_foreign_keys(table),
            *schema.get_unique_constraints(table),
            *schema.get_check_constraints(table),
        )
        if not constraint["name"]
    ]
    assert nameless == []


@given(moment=moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment):
    column = UtcDateTime()
    stored = column.process_bind_param(moment, DIALECT)
    assert stored.tzinfo is None
    found = column.process_result_value(stored, DIALECT)
    assert (found, found.tzinfo) == (moment, UTC)


def test_a_moment_without_a_zone_is_a_mistake_and_none_stays_none():
    column = UtcDateTime()
    with pytest.raises(ValueError, match="without a time zone"):
        column.process_bind_param(datetime(2026, 11, 21, 22, 41), DIALECT)  # noqa: DTZ001  # the mistake itself
    assert column.process_bind_param(None, DIALECT) is None
    assert column.process_result_value(None, DIALECT) is None


def test_an_id_is_random():
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(UUID(made).version == 4 for made in ids)
