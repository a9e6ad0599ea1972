"""The key of codes: made once, told from a wrong one, changed without losing who comes back."""

import hashlib
import hmac
import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core import keyed
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.core.keys import KeyProblem, read_keys
from harmreduction.factory import create_app
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.digests import keyed_code
from harmreduction.participants.models import ParticipantCode
from harmreduction.participants.queries.codes import Outcome, count_codes_by_key
from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import LETTERS as LETTERED
from harmreduction.participants.rules.recipes import recipe_of, typed_recipe
from harmreduction.settings.rules import ProgrammeSettings
from tests.factories import KEYS, SYSTEM, make_site
from tests.instances import opened
from tests.participants.stories import allow_codes, begin, make_participant_with_card, print_card, recipe


@pytest.fixture
def app_keys():
    """Let a test change the keys of codes."""
    yield
    keyed.use_keys(web=KEYS.web, audit=KEYS.audit, codes=KEYS.codes)


def rotate(keys):
    """Go on with a new key, as after a restart; returns the keys in order, today's first."""
    keys = [secrets.token_hex(32), *keys][:2]
    keyed.use_keys(web=KEYS.web, audit=KEYS.audit, codes=keys[0], codes_old=keys[1])
    return keys


def test_a_code_gets_the_new_key_when_it_is_next_used(database, app_keys):
    allow_codes()
    site = make_site()
    participant, card = make_participant_with_card(site)
    begun, blank = begin(recipe(), site), print_card()
    beside = begin(recipe(), site, is_somebody_else=True)
    keys = rotate([KEYS.codes])
    look_up(typed_card(card), by=SYSTEM, at=now())
    begin(blank, site)
    found = look_up(recipe(), by=SYSTEM, at=now())
    assert [each.participant.public_id for each in found.candidates] == [begun.participant_id, beside.participant_id]
    assert count_codes_by_key() == {keyed.key_mark(keys[0]): 4}
    rotate(keys)
    assert look_up(typed_card(card), by=SYSTEM, at=now()).participant.id == participant.id
    assert look_up(recipe(first2="Haron"), by=SYSTEM, at=now()).outcome is Outcome.NEAR  # with the old key as well


def test_nobody_without_the_key_finds_a_person_in_a_stolen_database(database):
    """A thief has every digest and a list of a thousand people with their answers, and tries all that we do."""
    site, people = make_site(), [recipe(first2=first, month=str(month)) for first in "abcdefghijk" for month in (1, 7)]
    for typed in people:
        begin(typed, site)
    stored = set(db.session.scalars(db.select(ParticipantCode.code_digest)))
    listed = [
        recipe(first2=f"{first}{second}", month=str(month), year2=str(year))
        for first in "abcdefghijk"
        for second in "_bcde"
        for month in (1, 3, 7)
        for year in (70, 71, 72, 80, 81, 95, 99)
    ]
    assert len(listed) > 1_000
    for typed in listed + people:
        text = "|".join(("1", *(f"{name}={answer}" for name, answer in typed.parts)))
        for guess in (text, f"recipe|{text}", "".join(answer for _, answer in typed.parts)):
            assert hashlib.sha256(guess.encode()).hexdigest() not in stored
            for key in (b"", b"\0" * 32, bytes.fromhex(KEYS.web), bytes.fromhex(KEYS.fields)):
                assert hmac.new(key, guess.encode(), hashlib.sha256).hexdigest() not in stored
    with_key = {keyed.code_digest("recipe", "|".join(("1", *(f"{n}={a}" for n, a in typed.parts)))) for typed in people}
    assert with_key == stored  # and with the key, this very thief finds every one of them


LETTERS = st.text("abcxyz", min_size=2, max_size=2)
ANSWERED = st.fixed_dictionaries(
    {"first2": LETTERS, "parent2": LETTERS, "month": st.integers(1, 12).map(str), "year2": st.integers(0, 99).map(str)}
)


@given(st.lists(ANSWERED, min_size=2, max_size=6, unique_by=lambda answers: tuple(answers.values())))
def test_digests_of_different_codes_never_meet_and_hold_nothing_of_what_was_typed(app, everybody):
    recipe = recipe_of(1, "first2,parent2,month,year2")
    typed = [typed_recipe(recipe, answers) for answers in everybody]
    keyed_codes = [keyed_code(each, ProgrammeSettings()) for each in typed]
    digests = [digest for code in keyed_codes for digest in code.all_lettered()]
    assert len(set(digests)) == len(digests) == len(LETTERED) * len(everybody)
    for code, own in zip(keyed_codes, typed, strict=True):
        assert code == keyed_code(own, ProgrammeSettings())
        assert code.digest not in code.nearest
        assert re.fullmatch("[0-9a-f]{64}", code.digest)
        assert not any(letter in code.digest for letter in "xyz")


def start(instance):
    """Start the programme in a process that knows nothing yet, and return its application."""
    return create_app(instance.config)


def test_a_programme_without_its_key_of_codes_starts_only_while_no_code_is_there(instance, app_keys):
    key = instance.config.keys / "codes.key"
    key.unlink()
    start(instance)
    first = key.read_text()
    start(instance)
    assert key.read_text() == first
    with opened(start(instance)):
        make_participant_with_card(make_site())
    key.unlink()
    with pytest.raises(KeyProblem, match=r"codes.key is missing. Put it back"):
        start(instance)
    key.write_text("ab" * 32)
    key.chmod(0o600)
    with pytest.raises(KeyProblem, match=r"codes.key is not the key with which the codes .* were made"):
        start(instance)
    key.write_text(first)
    start(instance)


def rotate_from_the_terminal(app, *words):
    """Run the command in this process, on what is saved by now, and return its answer."""
    db.session.remove()
    return app.test_cli_runner().invoke(args=["hr", "rotate-code-key", *words])


def test_the_key_is_changed_from_the_terminal_and_says_what_still_waits(instance, app_keys):
    allow_codes()
    card = make_participant_with_card(make_site())[1]
    forgotten = make_participant_with_card(make_site())[1]
    done = rotate_from_the_terminal(instance.app)
    assert done.exit_code == 0
    assert "2 codes wait" in done.output
    keys = read_keys(instance.config.keys)
    assert keys.codes_old == KEYS.codes != keys.codes
    app = start(instance)
    with opened(app):
        assert look_up(typed_card(card), by=SYSTEM, at=now()).outcome is Outcome.FOUND
    again = rotate_from_the_terminal(app)
    assert (again.exit_code, "1 codes, blank cards among them" in again.output) == (1, True)
    assert read_keys(instance.config.keys) == keys
    assert rotate_from_the_terminal(app, "--yes").exit_code == 0
    with opened(start(instance)):
        assert look_up(typed_card(card), by=SYSTEM, at=now()).outcome is Outcome.FOUND
        assert look_up(typed_card(forgotten), by=SYSTEM, at=now()).outcome is Outcome.NOT_OURS


def test_an_app_that_runs_goes_on_with_the_new_key_however_often_it_is_changed(instance, app_keys):
    allow_codes()
    site = make_site()
    card = make_participant_with_card(site)[1]
    running = start(instance)
    assert rotate_from_the_terminal(running).exit_code == 0
    again = rotate_from_the_terminal(running)
    assert (again.exit_code, "1 codes, blank cards among them" in again.output) == (1, True)
    keyed.use_code_keys(codes=KEYS.codes)  # a process of its own, which knows nothing of the change yet
    running.test_client().get("/sign-in")
    assert keyed.code_key_marks() == tuple(map(keyed.key_mark, (new_key(instance), KEYS.codes)))
    assert rotate_from_the_terminal(running, "--yes").exit_code == 0
    keyed.use_code_keys(codes=KEYS.codes)
    running.test_client().get("/sign-in")
    with opened(running):
        assert look_up(typed_card(card), by=SYSTEM, at=now()).outcome is Outcome.NOT_OURS
        make_participant_with_card(make_site("South"))
    with opened(start(instance)):
        assert count_codes_by_key() == {keyed.key_mark(new_key(instance)): 1}


def test_an_app_that_runs_does_not_follow_a_key_that_is_not_that_of_its_codes(instance, app_keys):
    allow_codes()
    card = make_participant_with_card(make_site())[1]
    running = start(instance)
    key = instance.config.keys / "codes.key"
    for text in ("ab" * 32, "damaged", None):
        if text is None:
            key.unlink()
        else:
            key.write_text(text)
        running.test_client().get("/sign-in")
        with opened(running):
            assert look_up(typed_card(card), by=SYSTEM, at=now()).outcome is Outcome.FOUND


def new_key(instance):
    """Return the key of codes that is in the folder."""
    return read_keys(instance.config.keys).codes
