"""Invariant 19: processes that work with the same supplies at the same time lose nothing and double nothing."""

from collections import Counter

import pytest

from harmreduction.stock.verification import find_differences
from tests import processes
from tests.factories import make_location, make_site, receive
from tests.instances import make_instance
from tests.stock.replay import replay
from tests.stock.supplies import balances, facts_on_record

WORKER = "tests.durability.supplies_worker"


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request):
    """What a process of its own needs to open the programme of this test: a file, or a database of a server."""
    if request.param == "sqlite":
        return request.getfixturevalue("instance").environment
    request.getfixturevalue("postgresql_database")
    keys = make_instance(request.getfixturevalue("tmp_path"))
    return keys.environment | {"HR_DATABASE_URL": request.getfixturevalue("postgresql").url("story")}


def at_once(environment, *deeds):
    """Start a process for each deed, let all begin at the same moment, and return how often each thing happened."""
    workers = [processes.Started(WORKER, *map(str, deed), environment=environment) for deed in deeds]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n", worker.finish()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [worker.finish() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(deeds)
    return Counter(line for output in said for line in output.splitlines())


def assert_as_hindsight_says():
    """Compare the book with the replay of every fact, and verify it."""
    assert balances() == {place: units for place, units in replay(facts_on_record()).balances.items() if units}
    assert list(find_differences()) == []


def test_as_many_takes_succeed_as_there_are_units(environment):
    site = make_site()
    strict, van = make_location(site, is_strict=True), make_location(site)
    lot = receive(strict, 40)
    deed = ("take", 20, strict.id, van.id, lot.id, lot.id)
    places = (strict.id, lot.id), (van.id, lot.id)
    assert at_once(environment, *[deed] * 3) == {"took": 40, "refused": 20}
    assert [balances().get(place, 0) for place in places] == [0, 40]
    assert_as_hindsight_says()


def test_hand_outs_counts_and_late_facts_at_the_same_moment_are_all_there_and_nobody_waits_forever(environment):
    site = make_site()
    shelf, van = make_location(site), make_location(site)
    ids = (shelf.id, van.id, receive(shelf, 100, lot="A").id, receive(shelf, 100, lot="B").id)
    happened = at_once(
        environment,
        ("hand_out", 20, *ids),
        ("count", 10, *ids),
        ("move_late", 20, *ids),
        ("move_late", 20, *ids),
    )
    assert happened == {"handed out": 20, "counted": 10, "moved late": 40}
    assert_as_hindsight_says()
