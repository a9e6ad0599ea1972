"""The card of a lot tells what happened to it, newest first, with what was left after each."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.core.errors import NotFound
from harmreduction.stock.actions import Transfer, open_location, transfer
from harmreduction.stock.actions.counts import post_count, save_lines, start_count
from harmreduction.stock.queries.cards import balances_before, get_card, moment_of_latest
from harmreduction.stock.queries.stories import Asked, Counted, read_story
from harmreduction.stock.rules import LocationKind, Wanted
from harmreduction.stock.rules.stories import StoryLine, folded, tell, whole_groups
from harmreduction.stock.words import count_sentence, line_sentence
from tests.factories import SYSTEM, TIME_ZONE, hand_out, make_actor, make_location, make_site, on_hand, receive


def give(place, lot, quantity, at=None):
    return hand_out(place, lines=(Wanted(item_id=lot.item_id, quantity=quantity, lot_id=lot.id),), at=at)


def move(lot, source, target, quantity):
    fields = {"from_location_id": source.id, "to_location_id": target.id, "lots": ((lot.id, quantity),)}
    transfer(Transfer(client_id=new_id(), occurred_at=now(), **fields), by=SYSTEM)


def count(place, lot, counted, at=None):
    started = start_count(new_id(), place.id, by=SYSTEM)
    save_lines(started.public_id, {lot.id: counted}, by=SYSTEM, at=at or now())
    post_count(started.public_id, reasons={}, by=SYSTEM)


def story_at(lot, *places, before=None, is_everywhere=False):
    ids = frozenset(place.id for place in places)
    return read_story(
        Asked(lot_id=lot.id, location_ids=ids, time_zone=TIME_ZONE, before=before, is_everywhere=is_everywhere)
    )


def told(story, lot, app):
    what = lot.item  # read from the story's own database, before the sentences are made
    with app.test_request_context():
        return [line_sentence(line, what) for line in story.lines]


def test_a_card_tells_moves_as_sentences_with_what_was_left(app, database):
    site = make_site()
    shelf, van = make_location(site, "Union St shelf"), make_location(site, "Night van")
    lot = receive(shelf, 20)
    move(lot, shelf, van, 8)
    give(van, lot, 3)
    story = story_at(lot, van)
    assert told(story, lot, app) == [
        "Night van handed out 3 kits (6 doses)",
        "8 kits (16 doses) moved from Union St shelf to Night van",
    ]
    assert [(line.change, line.left) for line in story.lines] == [(-3, 5), (8, 8)]
    whole = story_at(lot, shelf, van, is_everywhere=True)
    assert [(line.change, line.left) for line in whole.lines] == [(-3, 17), (0, 20), (20, 20)]


def test_hand_outs_of_one_day_at_a_place_are_one_line_and_those_taken_back_stand_alone(app, database):
    shelf = make_location(name="Union St shelf")
    lot = receive(shelf, 20)
    for _ in range(3):
        give(shelf, lot, 2)
    [line, arrival] = story_at(lot, shelf).lines
    assert told(story_at(lot, shelf), lot, app)[0] == "Union St shelf handed out 6 kits (12 doses), in 3 hand-outs"
    assert (line.left, arrival.left) == (14, 20)


def test_a_count_says_what_it_differed_by_and_what_late_entries_explained(app, database):
    shelf = make_location(name="Union St shelf")
    lot = receive(shelf, 24)
    count(shelf, lot, 22)
    give(shelf, lot, 1, at=now() - timedelta(minutes=20))
    [counted] = [line for line in story_at(lot, shelf).lines if isinstance(line.entries[0], Counted)]
    assert (counted.change, counted.left) == (-1, 22)
    what = lot.item
    with app.test_request_context():
        words = count_sentence(counted.entries[0], what)
    assert words.startswith("Union St shelf counted 22 kits (44 doses); 2 fewer than booked; 1 explained since")


@pytest.mark.parametrize(
    ("counted", "late", "words"),
    [(24, 0, "as expected"), (26, 0, "2 more than booked"), (22, 2, "2 fewer than booked; explained since")],
)
def test_counts_in_words(app, database, counted, late, words):
    shelf = make_location()
    lot = receive(shelf, 24)
    count(shelf, lot, counted)
    if late:
        give(shelf, lot, late, at=now() - timedelta(minutes=20))
    assert any(words in sentence for sentence in told(story_at(lot, shelf), lot, app))


def test_what_is_gone_from_a_machine_was_taken(app, database):
    site = make_site()
    machine = open_location("Library machine", LocationKind.VENDING_MACHINE, site_id=site.id, by=SYSTEM)
    lot = receive(machine, 30)
    count(machine, lot, 18)
    words = told(story_at(lot, machine), lot, app)
    assert words[0] == "Library machine counted 18 kits (36 doses); 12 taken since the last time"


def test_pages_of_a_story_are_the_whole_story(database):
    shelf, van = make_location(), make_location()
    lot = receive(shelf, 500)
    for number in range(60):
        move(lot, shelf, van, 1 + number % 3)
        if number % 20 == 7:
            count(shelf, lot, on_hand(shelf, lot) - 1)
    pages, before = [], None
    while True:
        page = story_at(lot, shelf, before=before)
        pages.append(page)
        if page.older is None:
            break
        before = page.older
    lines = [line for page in pages for line in page.lines]
    assert len(pages) == 2 and len(lines) == 64
    assert lines[0].left == on_hand(shelf, lot)
    assert lines[-1].left == lines[-1].change  # before the first of them, nothing lay there
    assert all(newer.left - newer.change == older.left for newer, older in itertools.pairwise(lines))


def test_balances_of_the_past_follow_from_later_movements(database):
    shelf = make_location()
    lot = receive(shelf, 20)
    give(shelf, lot, 5)
    at = now() + timedelta(seconds=1)
    week_ago = at - timedelta(days=7)
    assert balances_before(lot.id, [shelf.id], [week_ago, at], now=15) == [0, 15]
    assert moment_of_latest(lot.id, 1) is not None and moment_of_latest(lot.id, 2) is None


def test_a_card_shows_a_worker_their_own_sites_and_a_lead_where_all_of_it_went(database):
    here, there = make_location(make_site()), make_location(make_site())
    lot = receive(here, 10)
    move(lot, here, there, 4)
    give(there, lot, 1)
    worker, lead = make_actor(sites=(here.site_id,)), make_actor("programme_lead")
    assert [(held.location.id, held.on_hand) for held in get_card(worker, lot.public_id).holdings] == [(here.id, 6)]
    whole = get_card(lead, lot.public_id)
    assert (whole.on_hand, whole.outside[LocationKind.PARTICIPANT]) == (9, 1)
    with pytest.raises(NotFound):
        get_card(make_actor(sites=(make_site().id,)), lot.public_id)


class Happened:
    """Something that changed units, and by what it folds."""

    def __init__(self, change, fold_key):
        self.change, self.fold_key = change, fold_key


HAPPENED = st.lists(st.builds(Happened, st.integers(-9, 9), st.sampled_from([None, "a", "b"])))


@given(HAPPENED, st.integers(-50, 50))
def test_folding_loses_nothing_and_what_is_left_adds_up(entries, left):
    lines: list[StoryLine[Happened]] = tell(entries, left=left)
    assert sorted(map(id, entries)) == sorted(id(entry) for line in lines for entry in line.entries)
    for line, older in itertools.pairwise(lines):
        assert line.left - line.change == older.left
    if lines:
        assert lines[0].left == left
        assert lines[-1].left - lines[-1].change == left - sum(entry.change for entry in entries)


@given(HAPPENED)
def test_only_what_shares_a_key_is_folded_and_never_across_what_stands_alone(entries):
    for line in folded(entries, lambda entry: entry.fold_key):
        assert len({entry.fold_key for entry in line}) == 1
        assert len(line) == 1 or line[0].fold_key is not None
        places = [index for index, entry in enumerate(entries) if entry in line]
        assert all(entries[index].fold_key is not None for index in range(places[0], places[-1] + 1)) or len(line) == 1


@given(st.lists(st.integers(0, 5)).map(sorted), st.integers(1, 10))
def test_a_page_ends_between_groups(keys, limit):
    kept = whole_groups(keys, limit)
    assert 0 < kept <= limit or kept == len(keys) <= limit
    if kept < len(keys) and len(set(keys[: limit + 1])) > 1:
        assert keys[kept - 1] != keys[kept]
