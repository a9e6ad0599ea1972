"""Codes and participants on a real database: begin, look up, share a recipe, join, part, end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotFound
from harmreduction.journeys.queries.listing import list_participants_of
from harmreduction.participants.actions.cards import give_card, print_blank_cards
from harmreduction.participants.actions.codes import add_code, end_codes, keep_in_step, look_up
from harmreduction.participants.actions.merging import merge_participants, part_participants
from harmreduction.participants.digests import keyed_code
from harmreduction.participants.models import LookupCount, Participant, ParticipantCode
from harmreduction.participants.queries.codes import Outcome, find_by_code, list_codes
from harmreduction.participants.queries.lookups import list_stopped
from harmreduction.participants.queries.people import (
    get_participant_of,
    ids_of_group,
    known_since,
    list_merged,
    sites_of,
)
from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import (
    LETTERS,
    CannotMerge,
    CodeKind,
    CodeNotOurs,
    CodeTaken,
    NewCard,
    TooManyLookups,
    UnusableCode,
)
from harmreduction.participants.rules.phrases import typed_phrase
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import NO
from tests.factories import SYSTEM, make_actor, make_site
from tests.participants.stories import (
    PHRASE,
    allow_codes,
    begin,
    count_trail,
    draw_code,
    make_participant,
    make_participant_with_card,
    print_card,
    recipe,
    the_participant,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def codes(database):
    allow_codes()


@pytest.fixture
def north():
    return make_site("North")


@pytest.fixture
def south():
    return make_site("South")


@pytest.fixture
def worker(north):
    return make_actor(sites=(north.id,))


@pytest.fixture
def stranger(south):
    return make_actor(sites=(south.id,))


def look(typed, by, at=None):
    """Look up a code; a text is the code of a card."""
    return look_up(typed_card(typed) if isinstance(typed, str) else typed, by=by, at=at or now())


def keyed(typed):
    """Return a typed code as digests."""
    return keyed_code(typed_card(typed) if isinstance(typed, str) else typed, current_settings())


def count(model):
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_blank_card_is_nobodys_until_it_is_first_shown(north, worker):
    code = print_card(by=worker)
    assert look(code, worker).outcome is Outcome.NEW
    begun = begin(code, north, by=worker)
    assert look(code, worker).participant.public_id == begun.participant_id
    assert find_by_code(worker, typed_card(code.lower())).public_id == begun.participant_id
    assert count(ParticipantCode) == 1
    assert begun.letter == ""
    trail = (count_trail("CARDS_PRINTED"), count_trail("CODE_STARTED", the_participant(begun.participant_id)))
    assert trail == (1, 1)


def test_a_beginning_that_is_sent_twice_begins_once(north, worker):
    code, client_id = print_card(), new_id()
    first = begin(code, north, by=worker, client_id=client_id)
    assert begin(code, north, by=worker, client_id=client_id) == first == begin(code, north, by=worker)
    assert first.participant_id == client_id
    beside = new_id()
    begin(recipe(), north, by=worker)
    sent = [begin(recipe(), north, by=worker, client_id=beside, is_somebody_else=True) for _ in range(2)]
    assert sent[0] == sent[1]
    assert sent[0].letter in LETTERS[1:]
    assert count(Participant) == 3


def test_a_card_that_we_never_printed_begins_nothing(north, worker):
    code = draw_code()
    assert look(code, worker).outcome is Outcome.NOT_OURS
    with pytest.raises(CodeNotOurs, match="No card of ours in use has this code"):
        begin(code, north, by=worker)
    assert count(Participant) == 0


def test_a_code_of_another_site_looks_like_a_new_one_and_begins_here_as_the_same_person(north, south, worker, stranger):
    at_north, card = make_participant_with_card(north, at=now() - timedelta(days=40))
    begin(recipe(), north, by=worker)
    blank = print_card()
    assert look(card, stranger).outcome is look(blank, stranger).outcome is Outcome.NEW
    assert look(recipe(), stranger).outcome is look(recipe(first2="Zebra"), stranger).outcome is Outcome.NEW
    with pytest.raises(NotFound):
        get_participant_of(stranger, at_north.public_id)
    assert begin(card, south, by=stranger).participant_id == at_north.public_id
    assert sites_of(the_participant(at_north.public_id)) == {north.id, south.id}
    seen = get_participant_of(stranger, at_north.public_id)
    assert known_since(stranger, seen) > known_since(worker, seen)
    with pytest.raises(NotFound, match="no such site"):
        begin(card, north, by=stranger)


def test_one_wrong_letter_offers_the_participant_of_own_sites_only(north, worker, stranger):
    participant, card = make_participant_with_card(north)
    wrong = ("3" if card[3] == "2" else "2").join((card[:3], card[4:]))
    near = look(wrong, worker)
    assert near.outcome is Outcome.NEAR
    assert [each.participant.id for each in near.candidates] == [participant.id]
    assert near.participant is None
    for slip in (card[:8], card[1:], card + "7", card[:5] + "0" + card[6:]):
        assert look(slip, worker).outcome is Outcome.NEAR
        assert look(slip, stranger).outcome is Outcome.NOT_OURS
    assert look(card[:-2] + "ÄÖ", worker).outcome is Outcome.NOT_OURS


def test_a_recipe_with_one_slip_is_offered_before_a_new_one_begins(north, worker, stranger):
    begun = begin(recipe(first2="Heron", month="3"), north, by=worker)
    for slip in ({"first2": "Haron"}, {"first2": "Ehron"}, {"month": "8"}, {"month": "13"[:1]}, {"year2": "17"}):
        near = look(recipe(**slip), worker)
        assert near.outcome is Outcome.NEAR
        assert [each.participant.public_id for each in near.candidates] == [begun.participant_id]
        assert look(recipe(**slip), stranger).outcome is Outcome.NEW
    assert look(recipe(first2="Zz", month="8"), worker).outcome is Outcome.NEW


def test_people_who_share_a_recipe_remember_a_letter(north, worker):
    first = begin(recipe(), north, by=worker)
    assert look(recipe(), worker).participant.public_id == first.participant_id
    others = [begin(recipe(), north, by=worker, is_somebody_else=True) for _ in LETTERS[1:]]
    letters = [each.letter for each in others]
    assert sorted(letters) == [*LETTERS[1:]] != letters  # by lot: none tells how many were there before
    with pytest.raises(CodeTaken, match="Give them a card"):
        begin(recipe(), north, by=worker, is_somebody_else=True)
    found = look(recipe(), worker)
    assert found.outcome is Outcome.WHICH_LETTER
    assert found.participant is None
    whose = {each.letter: each.participant.public_id for each in found.candidates}
    assert whose == {"A": first.participant_id} | {each.letter: each.participant_id for each in others}
    assert count(Participant) == len(LETTERS)


def test_a_new_recipe_still_finds_the_codes_of_the_one_before(north, worker):
    begun = begin(recipe(), north, by=worker)
    before = {"earlier_recipes": "1:first2+parent2+month+year2", "recipe_version": "2"}
    set_values(before | {"recipe_parts": "first2,parent2,day,month,year2"}, by=SYSTEM)
    found = look(recipe(day="7"), worker)
    assert found.outcome is Outcome.EARLIER_RECIPE
    assert found.candidates[0].participant.public_id == begun.participant_id
    keep_in_step(begun.participant_id, found.keyed, by=worker, at=now())
    keep_in_step(begun.participant_id, found.keyed, by=worker, at=now())
    assert look(recipe(day="7"), worker).participant.public_id == begun.participant_id
    assert [code.recipe_version for code in list_codes(the_participant(begun.participant_id))] == [2, 1]
    set_values({"recipe_parts": "first2,day,year2", "recipe_version": "3"}, by=SYSTEM)
    assert look(recipe(day="7"), worker).outcome is Outcome.NEW  # an answer that is not asked any more is not known


def test_a_phrase_finds_whoever_lost_their_card(north, south, worker, stranger):
    participant = make_participant(north)
    phrase = keyed(typed_phrase(PHRASE))
    for _ in range(2):
        add_code(participant.public_id, phrase, by=worker, at=now())
    assert look(typed_phrase("Three HERONS, by the river"), worker).participant.id == participant.id
    assert look(typed_phrase(PHRASE), stranger).outcome is Outcome.NEW
    elsewhere = make_participant(south)
    add_code(elsewhere.public_id, phrase, by=stranger, at=now())  # a refusal would tell that somebody has it
    assert look(typed_phrase(PHRASE), stranger).participant.id == elsewhere.id
    assert look(typed_phrase(PHRASE), worker).participant.id == participant.id
    with pytest.raises(CodeTaken, match="another phrase"):
        add_code(make_participant(north).public_id, phrase, by=worker, at=now())
    add_code(participant.public_id, keyed(typed_phrase("four otters in the rain")), by=worker, at=now())
    assert look(typed_phrase(PHRASE), worker).outcome is Outcome.NEW
    assert len(list_codes(participant)) == 2


def test_a_lost_card_ends_and_another_goes_on(north, south, worker):
    participant, lost = make_participant_with_card(north)
    for _ in range(2):
        end_codes(participant.public_id, CodeKind.CARD, by=worker, at=now())
    assert look(lost, worker).outcome is Outcome.NOT_OURS
    with pytest.raises(CodeNotOurs):
        begin(lost, north, by=worker)
    new = NewCard(client_id=new_id(), site_id=north.id, participant_id=participant.public_id)
    begun, drawn = give_card(new, by=worker, at=now())
    assert look(drawn, worker).participant.public_id == begun.participant_id == participant.public_id
    blank = print_card()
    add_code(participant.public_id, keyed(blank), by=worker, at=now())
    assert look(blank, worker).participant.id == participant.id
    for taken in (make_participant_with_card(north)[1], lost, draw_code()):
        with pytest.raises(CodeTaken, match="no blank card"):
            add_code(participant.public_id, keyed(taken), by=worker, at=now())
    with pytest.raises(NotFound):
        end_codes(make_participant(south).public_id, CodeKind.CARD, by=worker, at=now())
    begin(recipe(), north, by=worker)
    person = find_by_code(worker, recipe())
    end_codes(person.public_id, CodeKind.RECIPE, by=worker, at=now())
    assert list_codes(person) == []  # answers are erased, so the same person may begin anew


def test_no_id_of_a_page_gives_a_card_of_somebody_at_another_site(south, north, worker):
    elsewhere = make_participant(south)
    for ids in ({"client_id": elsewhere.public_id}, {"client_id": new_id(), "participant_id": elsewhere.public_id}):
        with pytest.raises(NotFound):
            give_card(NewCard(site_id=north.id, **ids), by=worker, at=now())
    assert sites_of(elsewhere) == {south.id}


def test_two_who_are_one_are_joined_and_parted_again(north, south, worker):
    first, card = make_participant_with_card(north)
    second, other_card = make_participant_with_card(north)
    third = make_participant(south)
    lead = make_actor("programme_lead")
    merge_participants(first.public_id, second.public_id, by=worker, at=now())
    assert look(other_card, worker).participant.id == first.id
    assert get_participant_of(worker, second.public_id).id == first.id
    assert ids_of_group(second) == ids_of_group(first) == [first.id, second.id]
    with pytest.raises(CannotMerge, match="one person already"):
        merge_participants(second.public_id, first.public_id, by=worker, at=now())
    with pytest.raises(NotFound):
        merge_participants(first.public_id, third.public_id, by=worker, at=now())
    merge_participants(third.public_id, first.public_id, by=lead, at=now())
    assert ids_of_group(second) == [third.id, first.id, second.id]
    assert look(card, worker).participant.id == third.id  # known here by what was shown here
    assert [row.public_id for row in list_participants_of(worker, offset=0, limit=10)] == [third.public_id]
    assert [each.id for each in list_merged(lead, third)] == [first.id]
    assert list_merged(worker, third) == []  # of the one at another site they do not learn
    with pytest.raises(NotFound):
        part_participants(first.public_id, by=worker)
    assert part_participants(first.public_id, by=lead).id == first.id
    assert ids_of_group(second) == [first.id, second.id]
    assert ids_of_group(third) == [third.id]
    with pytest.raises(NotFound):
        part_participants(first.public_id, by=worker)
    part_participants(second.public_id, by=worker)
    assert look(other_card, worker).participant.id == second.id
    assert count_trail("PARTICIPANTS_MERGED", first) == 4


def test_the_list_is_of_own_sites_latest_first(north, south):
    clinician, lead = make_actor("clinician", sites=(north.id,)), make_actor("programme_lead")
    old = make_participant(north, at=now() - timedelta(days=90))
    new, elsewhere = make_participant(north), make_participant(south)
    mine = [row.public_id for row in list_participants_of(clinician, offset=0, limit=10)]
    assert mine == [new.public_id, old.public_id]
    assert len(list_participants_of(lead, offset=0, limit=10)) == 3
    assert [row.public_id for row in list_participants_of(lead, offset=0, limit=1)] == [elsewhere.public_id]


def test_no_more_codes_are_looked_for_than_the_programme_allows(north, worker):
    card = make_participant_with_card(north)[1]
    start = now()
    assert current_settings().lookups_per_hour == 30
    assert all(look(card if n % 2 else draw_code(), worker, start) for n in range(30))
    for n in range(1_000 - 30):
        with pytest.raises(TooManyLookups, match="Hand out without a code"):
            look(card, worker, start + timedelta(seconds=3 * n))
    assert count_trail("LOOKUPS_STOPPED") == 1
    [stopped] = list_stopped(start + timedelta(minutes=59))
    assert (stopped.label, stopped.misses) == (worker.label, 15)
    assert db.session.get_one(LookupCount, worker.account_id).lookups == 32
    assert list_stopped(start + timedelta(minutes=61)) == []
    assert look(card, worker, start + timedelta(minutes=61)).outcome is Outcome.FOUND
    assert look(card, make_actor(sites=(north.id,)), start).outcome is Outcome.FOUND  # others look on


def test_drawn_codes_never_repeat(worker):
    codes = [code for _ in range(5) for code in print_blank_cards(100, by=worker, at=now())]
    assert len(set(codes)) == 500
    assert count(ParticipantCode) == 500


def test_a_kind_of_code_that_is_off_is_tried_by_nobody(north, worker):
    begin(recipe(), north)
    set_values({"uses_recipe_codes": NO}, by=SYSTEM)
    with pytest.raises(UnusableCode, match="does not use"):
        look(recipe(), worker)
    assert db.session.get(LookupCount, worker.account_id) is None
    set_values({"uses_card_codes": NO}, by=SYSTEM)
    for typed in (draw_code(), typed_phrase(PHRASE)):
        with pytest.raises(UnusableCode, match="does not use"):
            look(typed, worker)
