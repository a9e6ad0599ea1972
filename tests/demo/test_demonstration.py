"""The demonstration shows what a programme can do, told only through what people do; it balances and names nobody."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import func, select

from harmreduction.accounts.models import Account
from harmreduction.accounts.queries import signed_in_as
from harmreduction.assessments.queries.kept import list_kept_of
from harmreduction.assessments.queries.loops import count_due
from harmreduction.assessments.queries.reviews import list_reviews_due
from harmreduction.audit.queries import find_broken_link
from harmreduction.core.clock import now
from harmreduction.core.db import Base, db
from harmreduction.demo import build_demonstration
from harmreduction.demo.conversations import LAST_QUARTER
from harmreduction.demo.people import PEOPLE
from harmreduction.disclosure.queries import find_released, list_released_periods
from harmreduction.encounters.models import GroupEvent, QueueEntry
from harmreduction.encounters.queries.recalls import list_recalled_earlier
from harmreduction.encounters.rules import looks_personal
from harmreduction.encounters.verification import find_differences as find_differences_of_visits
from harmreduction.journeys.queries import count_visits, get_person, list_moments
from harmreduction.journeys.queries.listing import list_participants_of
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.models import ProfileField
from harmreduction.participants.queries.codes import Outcome
from harmreduction.participants.rules.cards import DEMONSTRATION_CARD, is_card_code, typed_card
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.queries.same_event import list_pairs_to_decide
from harmreduction.stock.verification import find_differences as find_differences_in_stock
from tests.reversals.stories import every_cell

AN_EVENING = datetime(2026, 10, 20, 22, 30, tzinfo=UTC)  # three weeks into a quarter: the one before has settled


@pytest.fixture
def demonstration(database):
    """A demonstration that was built one evening."""
    with time_machine.travel(AN_EVENING, tick=False):
        build_demonstration(lambda _line: None)
        yield


def member(name):
    """Return a member of the demonstration's team."""
    return signed_in_as(db.session.scalars(select(Account.id).where(Account.sign_in_name == name)).one())


def count(model, **equal):
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**equal))


def test_the_demonstration_balances_and_shows_participants_reports_the_front_desk_and_a_poster(demonstration):
    assert list(find_differences_in_stock()) + list(find_differences_of_visits()) == []
    assert find_broken_link() is None

    # The card that anybody may try opens the page of somebody who came six times; it stands nowhere in the database.
    assert is_card_code(DEMONSTRATION_CARD)
    found = look_up(typed_card(DEMONSTRATION_CARD), by=member("ines"), at=now())
    assert found.outcome is Outcome.FOUND
    assert found.participant is not None
    person = get_person(member("ines"), found.participant.public_id)
    assert count_visits(person) == len(PEOPLE[0].visits) + 1  # they joined one to their code afterwards
    moments = list_moments(person.ids, person.site_ids, offset=0, limit=50)
    assert any(moment.referral for moment in moments)
    assert any(moment.report for moment in moments)
    assert list_recalled_earlier(member("ines"), person.ids)
    assert len(list_participants_of(member("noor"), offset=0, limit=50)) == len(PEOPLE)
    assert DEMONSTRATION_CARD not in every_cell()

    # They talked twice, a month apart, and what was agreed is due; the plan of then and the plan of now differ.
    [talked] = list_kept_of(member("ines"), found.participant)
    first, latest = talked.versions
    assert {step.option for step in first.steps} < {step.option for step in latest.steps}
    assert [step.words for step in latest.steps if step.option is None and step.card is None]
    assert count_due(today=AN_EVENING.date()) == 1
    assert list_reviews_due(member("ines"), AN_EVENING.date())

    # Reports wait to be read, two of all may tell of one overdose, and one was cut loose at once.
    assert count(ReversalReport, state="waiting") == 2
    assert count(ReversalReport, origin="staff", is_cut_loose=True) == 1
    assert list_pairs_to_decide(today=AN_EVENING.date())

    # Somebody waits at the front desk, and of evenings that are over only sums stay.
    assert count(QueueEntry, state="waiting") == 5
    assert count(Base.metadata.tables["queue_day"]) == 4

    # The six weeks reach into the quarter before, so the poster has numbers to show.
    [quarter] = list_released_periods("report_back")
    assert quarter == "2026-Q3"
    assert find_released("report_back", quarter)["kits"].value > 0

    # What came up in conversations of that quarter is told: answers and steps, and not those that point to somebody.
    told = {figure: row.value for figure, row in find_released("conversations", quarter).items()}
    assert told["kept"] == LAST_QUARTER
    for kind in ("c:", "s:"):
        assert any(value for figure, value in told.items() if figure.startswith(kind))
    assert all(value is None or 11 <= value < LAST_QUARTER for figure, value in told.items() if ":" in figure)

    # No word of it looks as if it named somebody.
    words = [*db.session.scalars(select(GroupEvent.title)), *db.session.scalars(select(ProfileField.asked_for))]
    words += [answer.words + answer.staff_words for held in talked.versions for answer in held.answers.values()]
    words += [step.words + step.when + step.helper for held in talked.versions for step in held.steps]
    assert [word for word in words if looks_personal(word)] == []
