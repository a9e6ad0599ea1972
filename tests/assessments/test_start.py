"""Where a clinician's conversations start, and the way back to one that runs from every other page."""

from datetime import timedelta

import time_machine

from harmreduction.accounts.queries import signed_in_as
from harmreduction.core.clock import now, today
from tests.assessments.sittings import begun
from tests.assessments.stories import PLAN_WORDS, WORDS, a_talk_kept
from tests.assessments.talks import forget_all
from tests.encounters.things import begin_visit
from tests.factories import TIME_ZONE, make_location, make_site
from tests.pages import text_of
from tests.participants.stories import allow_codes, make_participant

BACK = "Back to our conversation"


def test_the_first_page_shows_what_is_due_by_date_and_nobody(sign_in_as):
    site, day = make_site("Union St"), today(TIME_ZONE)
    allow_codes()
    browser = sign_in_as("clinician", sites=(site.id,))
    empty = text_of(browser.page("/conversations"))
    assert "Nothing is due today" in empty and "Plans to look at again" not in empty
    person = make_participant(site)
    a_talk_kept(site, on=day - timedelta(days=30), participant=person, review_on=day + timedelta(days=2))
    a_talk_kept(site, on=day - timedelta(days=90), review_on=day - timedelta(days=1))
    a_talk_kept(site, on=day, review_on=day + timedelta(days=30))
    a_talk_kept(make_site(), on=day, review_on=day)
    page = browser.page("/conversations")
    assert (page.count("A follow-up that was agreed"), page.count("Conversation of")) == (3, 2 * (3 + 2))
    assert person.public_id not in page and PLAN_WORDS not in page and WORDS not in page
    reviews = page[page.index('id="reviews"') :]
    assert reviews.index("since ") < reviews.index((day + timedelta(days=2)).strftime("%A, "))
    assert "Clinical instruments" in text_of(page)


def test_the_way_back_stands_on_every_other_page_while_a_conversation_runs(sign_in_as):
    site = make_site("Union St")
    make_location(site)
    browser, other = sign_in_as("clinician", sites=(site.id,)), sign_in_as("clinician", sites=(site.id,))
    me = signed_in_as(browser.account.id)
    visit = begin_visit(site, by=me)
    assert BACK not in browser.page("/hand-out")
    ways_in = browser.page(f"/visits/{visit.public_id}")
    assert f"/conversations/begin?visit={visit.public_id}" in ways_in
    draft = begun(site, me)
    page = browser.page("/hand-out")
    assert f'href="/conversations/now/{draft.draft_id}"' in page and BACK in page
    assert BACK not in browser.page("/conversations")
    assert BACK not in other.page("/hand-out")
    begun(site, me)
    assert 'href="/conversations">' in browser.page("/stock/")  # of several, they choose
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        assert "rests" in text_of(browser.page("/conversations"))
    forget_all()
    assert BACK not in browser.page("/hand-out")
