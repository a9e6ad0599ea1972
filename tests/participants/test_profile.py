"""The data dial: off until somebody needs it, skipped as often as wanted, erased by itself and at once when asked."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now, today
from harmreduction.core.db import Base, db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.participants.actions.profile import erase_profile, tell_profile, turn_off, turn_on
from harmreduction.participants.models import Participant, ParticipantSite, ProfileAnswer, ProfileField
from harmreduction.participants.queries.profile import list_asked, list_told
from harmreduction.participants.rules.profile import (
    CATALOGUE,
    MOST_MONTHS,
    NOT_SAID,
    CannotAsk,
    ProfileTold,
    erased_on,
    is_answer,
    is_to_ask_again,
)
from harmreduction.sites.models import Site
from tests.factories import SYSTEM, TIME_ZONE, make_actor, make_site
from tests.pages import PageClient, text_of
from tests.participants.asked import let_ask
from tests.participants.stories import allow_codes, count_trail, draw_code, make_participant

SignIn = Callable[..., PageClient]
MARCH = date(2026, 3, 3)


def told(participant: Participant, site: Site, on: date = MARCH, **answers: set[str]) -> ProfileTold:
    """Return what a participant told."""
    return ProfileTold(
        participant_id=participant.public_id,
        site_id=site.id,
        told_on=on,
        answers={name: frozenset(given) for name, given in answers.items()},
    )


def answers_of(participant: Participant, *, by=SYSTEM) -> dict[str, set[str]]:
    """Return what stands of a participant, as somebody reads it."""
    return {name: set(found.answers) for name, found in list_told(by, participant).items()}


# The catalogue --------------------------------------------------------------------------------------------------


def test_every_question_fits_its_columns_and_may_be_kept_as_long_as_it_says() -> None:
    field, answer = ProfileField.__table__.c.field.type.length, ProfileAnswer.__table__.c.answer.type.length
    for name, question in CATALOGUE.items():
        assert name == question.field
        assert len(name) <= field
        assert all(len(code) <= answer for code in question.answers)
        assert NOT_SAID not in question.answers, "it is an answer to every question"
        assert is_answer(question, NOT_SAID)
        assert 1 <= question.months <= MOST_MONTHS


def test_what_harms_most_cannot_be_turned_on() -> None:
    words = " ".join(str(text).lower() for q in CATALOGUE.values() for text in (q.words, *q.answers.values()))
    assert not {word for word in ("hiv", "hcv", "insurance", "immigra", "visa", "birth", "arrest") if word in words}


def test_everything_is_off_until_somebody_turns_it_on(database) -> None:
    assert list_asked() == {}
    site = make_site()
    with pytest.raises(CannotAsk):
        tell_profile(told(make_participant(site), site, gender={"woman"}), by=SYSTEM)


@given(some.dates(date(2020, 1, 1), date(2090, 1, 1)), some.integers(1, MOST_MONTHS))
def test_an_answer_stays_at_least_its_months_and_not_a_day_longer_than_the_calendar_needs(
    on: date, months: int
) -> None:
    day = erased_on(on, keep_months=months)
    assert day.day in {on.day, 1}
    assert (day.year - on.year) * 12 + day.month - on.month in {months, months + 1}
    assert on < day <= on + timedelta(days=31 * months + 1)
    assert erased_on(on, keep_months=months) <= erased_on(on + timedelta(days=1), keep_months=months)


def test_a_year_passes_before_it_is_fine_to_ask_again() -> None:
    assert not is_to_ask_again(MARCH, today=MARCH + timedelta(days=364))
    assert is_to_ask_again(MARCH, today=MARCH + timedelta(days=365))


# Telling and erasing --------------------------------------------------------------------------------------------


def test_answers_stand_as_told_and_a_skipped_question_has_no_row(database) -> None:
    site = make_site()
    participant = make_participant(site)
    let_ask("drugs", "housing", "area", "overdose", keep_months=6)
    same = told(participant, site, drugs={"fentanyl", "none"}, area={"191"}, overdose={NOT_SAID})
    for _ in range(2):
        tell_profile(same, by=SYSTEM)
    assert answers_of(participant) == {"drugs": {"fentanyl", "none"}, "area": {"191"}, "overdose": {NOT_SAID}}
    rows = db.session.scalars(select(ProfileAnswer)).all()
    assert {(row.told_on, row.erase_on) for row in rows} == {(MARCH, date(2026, 9, 3))}

    tell_profile(told(participant, site, MARCH - timedelta(days=9), drugs={"meth"}), by=SYSTEM)
    assert answers_of(participant)["drugs"] == {"fentanyl", "none"}, "what comes late changes nothing newer"
    tell_profile(told(participant, site, MARCH + timedelta(days=9), drugs={"meth"}), by=SYSTEM)
    assert answers_of(participant)["drugs"] == {"meth"}
    with pytest.raises(CannotAsk):
        tell_profile(told(participant, site, area={"19104"}), by=SYSTEM)
    erase_profile(participant.public_id, "drugs", by=SYSTEM)
    assert set(answers_of(participant)) == {"area", "overdose"}
    erase_profile(participant.public_id, None, by=SYSTEM)
    assert answers_of(participant) == {}
    assert count_trail("PROFILE_CHANGED", participant) == 6


def test_turning_a_question_off_erases_its_answers_and_fewer_months_bring_the_day_nearer(database) -> None:
    site = make_site()
    people = [make_participant(site) for _ in range(3)]
    let_ask("gender", "housing")
    for person in people:
        tell_profile(told(person, site, gender={"woman", "transgender"}, housing={"outside"}), by=SYSTEM)
    turn_on("housing", asked_for="A grant", keep_months=2, by=SYSTEM, at=now())
    housing = select(ProfileAnswer.erase_on).where(ProfileAnswer.field == "housing")
    assert set(db.session.scalars(housing)) == {date(2026, 5, 3)}
    assert turn_off("gender", by=SYSTEM) == 6
    assert {name for person in people for name in answers_of(person)} == {"housing"}
    assert set(list_asked()) == {"housing"}


def test_another_site_reads_nothing_and_does_not_even_learn_that_it_is_another(database) -> None:
    north, south = make_site("North"), make_site("South")
    at_north, at_south = (make_actor("outreach_worker", sites=(site.id,)) for site in (north, south))
    participant = make_participant(north)
    let_ask("gender")
    tell_profile(told(participant, north, gender={"man"}), by=at_north)
    with pytest.raises(NotFound):
        tell_profile(told(participant, south, gender={"woman"}), by=at_south)
    with transaction():
        db.session.add(ParticipantSite(participant_id=participant.id, site_id=south.id, since=MARCH))
    assert answers_of(participant, by=at_south) == {}
    tell_profile(told(participant, south, gender={"woman"}), by=at_south)
    erase_profile(participant.public_id, None, by=at_south)
    assert answers_of(participant, by=at_north) == {"gender": {"man"}}
    with pytest.raises(NotFound):
        tell_profile(told(participant, north, gender={"woman"}), by=at_south)


def test_those_who_were_merged_tell_as_one(database) -> None:
    site = make_site()
    one, other = make_participant(site), make_participant(site)
    let_ask("gender", "housing")
    tell_profile(told(other, site, gender={"man"}), by=SYSTEM)
    with transaction():
        db.session.merge(other).merged_into_id = one.id
    assert answers_of(one) == {"gender": {"man"}}
    tell_profile(told(one, site, gender={"nonbinary"}), by=SYSTEM)
    assert answers_of(one) == {"gender": {"nonbinary"}}


# Pages ----------------------------------------------------------------------------------------------------------


def test_a_lead_turns_a_question_on_says_who_asks_and_turns_it_off_again(database, sign_in_as: SignIn) -> None:
    site = make_site()
    participant = make_participant(site)
    lead = sign_in_as("programme_lead")
    assert "Nothing is asked now." in text_of(lead.page("/questions/profile"))
    words = text_of(lead.send("/questions/profile/housing", status=200, asked_for=" ", keep_months="40"))
    assert "If nobody does, leave it off." in words
    assert "from 1 to 36" in words
    lead.send("/questions/profile/housing", asked_for="City housing office", keep_months="6")
    assert "City housing office" in text_of(lead.page("/questions/profile"))
    tell_profile(told(participant, site, housing={"vehicle"}), by=SYSTEM)
    assert "The answers of 1 participant are erased at once" in text_of(lead.page("/questions/profile/housing"))
    lead.send("/questions/profile/housing/off")
    assert "1 answer is erased." in text_of(lead.page("/questions/profile"))
    assert answers_of(participant) == {}
    lead.page("/questions/profile/hiv", status=404)
    sign_in_as("clinician", sites=(site.id,)).page("/questions/profile", status=403)


def test_a_worker_asks_what_is_on_and_everything_can_be_skipped(database, sign_in_as: SignIn) -> None:
    site = make_site()
    participant = make_participant(site)
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    address = f"/participants/{participant.public_id}/profile"
    assert "Your programme asks nothing." in text_of(worker.page(address))
    let_ask("gender", "area", "overdose", keep_months=6)
    page = worker.page(address)
    assert "Asked for: State health department" in text_of(page)
    assert "erased after 6 months" in text_of(page)
    worker.send(address)
    assert answers_of(participant) == {}, "skipping all of it is fine"
    refused = worker.send(address, status=200, area_written="19104")
    assert "and no more" in text_of(refused)
    worker.send(address, area_written=" q7z ", gender=["woman", "two_spirit"], overdose="")
    assert answers_of(participant) == {"gender": {"woman", "two_spirit"}, "area": {"Q7Z"}}
    words = text_of(worker.page(address))
    assert "Woman, Two-Spirit" in words
    assert "Told on" in words
    worker.send(f"{address}/erase", question="area")
    assert set(answers_of(participant)) == {"gender"}
    worker.send(f"{address}/erase")
    assert answers_of(participant) == {}
    assert count_trail("PARTICIPANT_SEEN", participant) >= 4


def dump() -> dict[str, str]:
    """Return a digest of every column of the database, the trail, sessions and counted look-ups aside."""
    kept = {"audit_entry", "account_session", "lookup_count"}
    return {
        str(column): hashlib.sha256(
            repr(db.session.scalars(select(column).order_by(column)).all()).encode()
        ).hexdigest()
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in kept
    }


def test_looking_and_a_form_that_is_not_saved_leave_the_database_as_it_was(database, sign_in_as: SignIn) -> None:
    """P19: nothing unplanned is stored."""
    site = make_site()
    participant = make_participant(site)
    allow_codes()
    let_ask("gender", "area")
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    start = f"/participants/{participant.public_id}"
    before = dump()
    for page in (start, f"{start}/profile", f"{start}/forget", f"{start}/connections", f"{start}/journey", "/codes/"):
        worker.page(page)
    worker.send(f"{start}/profile", status=200, area_written="19104 Heron Street", gender=["woman"])
    assert worker.post("/codes/", data={"do": "card", "code_card": draw_code()}).status_code == 200
    db.session.rollback()
    changed = {column for column, digest in dump().items() if before[column] != digest}
    assert changed == set()


def test_the_trail_calls_a_participant_by_nothing_that_an_address_has(database, sign_in_as: SignIn) -> None:
    site = make_site()
    participant = make_participant(site)
    let_ask("gender")
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    worker.send(f"/participants/{participant.public_id}/profile", gender=["woman"])
    subjects = set(db.session.scalars(select(AuditEntry.subject)))
    assert participant.trail_today in subjects
    assert participant.in_trail(today("UTC") + timedelta(days=1)) not in subjects
    assert participant.public_id not in subjects
    assert today(TIME_ZONE) >= max(db.session.scalars(select(ProfileAnswer.told_on)))
