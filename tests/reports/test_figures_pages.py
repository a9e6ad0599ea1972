"""The pages of figures and lists: as many reads for much as for little, and lists in pages."""

import pytest

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.encounters.actions.community import record_collection, record_group
from harmreduction.encounters.actions.needs import tell_need
from harmreduction.encounters.rules.coverage import NeedTold
from harmreduction.encounters.rules.starting import start_of
from harmreduction.web.paging import PER_PAGE
from tests.counting import reads_of
from tests.encounters.desk import queue_things
from tests.encounters.gatherings import a_clean_up, a_training, gathering_things
from tests.factories import SYSTEM, hand_out, make_location, make_site
from tests.journeys.stories import tell_all, visit
from tests.participants.stories import make_participant
from tests.referrals.stories import make_referral
from tests.reversals.stories import make_public_report, reversal_things

FIGURES = ("/coverage", "/journey/figures", "/reversals/figures", "/referrals/figures", "/queue/days")
LISTS = (
    "/community/",
    "/community/sharps/",
    "/community/distributors/",
    "/reversals/",
    "/reversals/review",
    "/participants/",
)

pytestmark = pytest.mark.usefixtures("database")


def an_evening(site, shelf):
    """Let somebody with a code come and tell everything, and others beside them."""
    person = make_participant(site)
    of = visit(person, site)
    tell_all(of)
    tell_need(start_of(of), NeedTold(injections=3, injection_days=1), by=SYSTEM, at=now())
    hand_out(shelf, ("syringe-1ml-29g-half", 20), visit_id=of.public_id)
    make_referral(site, participant_id=person.id)
    for things in (gathering_things, queue_things, reversal_things):
        things(site)
    make_public_report()


def test_figures_and_lists_take_as_many_reads_for_much_as_for_little(sign_in_as):
    site = make_site()
    shelf, lead = make_location(site), sign_in_as("programme_lead", sites=(site.id,))
    reads = []
    for _ in range(2):
        an_evening(site, shelf)
        an_evening(site, shelf)
        for address in (*FIGURES, *LISTS):
            lead.page(address)
        db.session.rollback()
        reads.append({address: reads_of(lambda address=address: lead.page(address)) for address in (*FIGURES, *LISTS)})
    assert reads[0] == reads[1]


def test_trainings_and_clean_ups_stand_in_pages(sign_in_as):
    site = make_site()
    for _ in range(PER_PAGE + 1):
        record_group(a_training(site), by=SYSTEM, at=now())
        record_collection(a_clean_up(site), by=SYSTEM, at=now())
    lead = sign_in_as("programme_lead", sites=(site.id,))
    for address in ("/community/", "/community/sharps/"):
        assert lead.page(address).count('<li class="sheet stack">') == PER_PAGE
        assert lead.page(f"{address}?page=2").count('<li class="sheet stack">') == 1
