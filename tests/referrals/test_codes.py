"""Referrals that belong to a code: only where somebody wanted it so, and until they are cut loose."""

import pytest
from sqlalchemy import delete

from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.participants.models import Participant, ParticipantCode, ParticipantSite
from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.following import CannotRefer
from tests.factories import SYSTEM, make_actor, make_site
from tests.journeys.stories import visit
from tests.participants.stories import make_participant
from tests.referrals.stories import count, count_events, make_referral, read_again


def test_a_referral_of_a_code_is_saved_once_with_it(database):
    site, client_id = make_site(), new_id()
    somebody, other = make_participant(site), make_participant(site)
    for _ in range(2):
        made = make_referral(site, client_id=client_id, participant_id=somebody.id)
        assert made.participant_id == somebody.id
    for changed in (other.id, None):
        with pytest.raises(CannotRefer, match="sent before"):
            make_referral(site, client_id=client_id, participant_id=changed)
    assert count(Referral) == 1


def test_what_is_sent_again_joins_nothing_that_was_cut_loose(database):
    site, client_id = make_site(), new_id()
    somebody = make_participant(site)
    referral = make_referral(site, client_id=client_id, participant_id=somebody.id)
    actions.part_from_code(client_id, by=SYSTEM)
    make_referral(site, client_id=client_id, participant_id=somebody.id)
    assert (read_again(referral).participant_id, count_events("REFERRAL_CHANGED", referral)) == (None, 1)


def test_somebody_who_was_forgotten_meanwhile_is_referred_anonymously(database):
    site = make_site()
    somebody_id = make_participant(site).id
    with transaction():
        for table in (ParticipantCode, ParticipantSite):
            db.session.execute(delete(table).where(table.participant_id == somebody_id))
        db.session.execute(delete(Participant).where(Participant.id == somebody_id))
    assert make_referral(site, participant_id=somebody_id).participant_id is None


def test_only_who_may_look_at_a_participant_makes_and_sees_a_referral_of_theirs(database):
    here, there = make_site(), make_site()
    somebody = make_participant(here)
    stranger, worker = (make_actor("outreach_worker", sites=(site.id,)) for site in (there, here))
    with pytest.raises(NotFound, match="no such participant"):
        make_referral(there, by=stranger, participant_id=somebody.id)
    of_code = make_referral(here, by=worker, participant_id=somebody.id)
    anonymous = make_referral(here, by=worker)
    elsewhere = make_referral(there, participant_id=somebody.id)  # by somebody who works at both
    seen_by_worker = queries.find_participant(worker, of_code)
    assert seen_by_worker is not None and seen_by_worker.id == somebody.id
    assert queries.find_participant(worker, anonymous) is None
    assert queries.find_participant(stranger, elsewhere) is None


def test_a_referral_is_offered_for_whom_a_page_or_a_visit_is_about(database):
    here, there = make_site(), make_site()
    somebody = make_participant(here)
    worker, stranger = (make_actor("outreach_worker", sites=(site.id,)) for site in (here, there))
    of, anonymous = visit(somebody, here).public_id, visit(None, here).public_id

    def whose(by, participant="", visit=""):
        found = queries.find_whose(by, participant=participant, visit=visit)
        return found and found.id

    assert whose(worker, participant=somebody.public_id) == whose(worker, visit=of) == somebody.id
    assert whose(worker) is whose(worker, visit=anonymous) is whose(worker, participant=new_id()) is None
    assert whose(stranger, participant=somebody.public_id) is whose(stranger, visit=of) is None
