"""Codes on PostgreSQL, where two tablets do begin with the same one at the same moment."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import DomainError
from harmreduction.journeys.queries.listing import list_participants_of
from harmreduction.participants.actions.cards import give_card, print_blank_cards
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.actions.merging import merge_participants
from harmreduction.participants.models import LookupCount, Participant, ParticipantCode
from harmreduction.participants.queries.codes import Outcome
from harmreduction.participants.queries.people import ids_of_group
from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import NewCard, TooManyLookups
from harmreduction.sites.models import Site
from tests.factories import SYSTEM, make_actor, make_site
from tests.participants.stories import allow_codes, begin, make_participant, print_card, recipe, the_participant

pytestmark = pytest.mark.xdist_group("postgresql")


def at_once(app, times, deed):
    """Do a deed several times at the same moment, and count what came of it."""
    results, start = Counter(), threading.Barrier(times)

    def do():
        with app.app_context():
            start.wait()
            try:
                results[deed()] += 1
            except DomainError as problem:
                results[type(problem).__name__] += 1

    threads = [threading.Thread(target=do) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def count(model):
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model))


def test_whoever_begins_with_the_same_code_at_the_same_moment_is_one_person(postgresql_app, postgresql_database):
    allow_codes()
    site_id, blank, answers = make_site().id, print_card(), recipe()

    def begin_with(code):
        return lambda: begin(code, db.session.get_one(Site, site_id)).participant_id

    for code in (blank, answers):
        begun = at_once(postgresql_app, 4, begin_with(code))
        assert list(begun.values()) == [4]
        assert look_up_outcome(code) is Outcome.FOUND
    assert (count(Participant), count(ParticipantCode)) == (2, 2)
    beside = at_once(
        postgresql_app,
        3,
        lambda: begin(answers, db.session.get_one(Site, site_id), is_somebody_else=True).letter,
    )
    assert [*beside.values()] == [1, 1, 1]
    codes = print_blank_cards(100, by=SYSTEM, at=now())
    assert len(set(codes)) == 100


def test_a_page_that_is_tapped_twice_at_one_moment_begins_one_person(postgresql_app, postgresql_database):
    site_id, for_card, for_answers, answers = make_site().id, new_id(), new_id(), recipe()

    def give():
        return give_card(NewCard(client_id=for_card, site_id=site_id), by=SYSTEM, at=now())[0].participant_id

    def begin_with_answers():
        return begin(answers, db.session.get_one(Site, site_id), client_id=for_answers).participant_id

    assert at_once(postgresql_app, 3, give) == {for_card: 3}
    assert at_once(postgresql_app, 3, begin_with_answers) == {for_answers: 3}
    assert count(Participant) == 2


def look_up_outcome(code):
    """Return what comes of looking a code up."""
    return look_up(typed_card(code) if isinstance(code, str) else code, by=SYSTEM, at=now()).outcome


def test_look_ups_at_the_same_moment_are_all_counted(postgresql_app, postgresql_database):
    allow_codes()
    worker, at = make_actor(sites=(make_site().id,)), now()
    typed = recipe()
    for _ in range(28):
        look_up(typed, by=worker, at=at)
    done = at_once(postgresql_app, 6, lambda: look_up(typed, by=worker, at=at).outcome)
    assert done == {Outcome.NEW: 2, TooManyLookups.__name__: 4}
    assert db.session.get_one(LookupCount, worker.account_id).lookups == 32


def test_two_who_join_each_other_at_the_same_moment_make_no_ring(postgresql_app, postgresql_database):
    site = make_site()
    first, second = make_participant(site).public_id, make_participant(site).public_id
    pairs = iter([(first, second), (second, first)])

    def join():
        keep, other = next(pairs)
        return merge_participants(keep, other, by=SYSTEM, at=now()).public_id is not None

    assert at_once(postgresql_app, 2, join) == {True: 1, "CannotMerge": 1}
    assert len(ids_of_group(the_participant(first))) == 2
    assert len(list_participants_of(SYSTEM, offset=0, limit=10)) == 1
