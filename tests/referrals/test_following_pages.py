"""Following referrals up on their pages, as a browser without JavaScript does."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.directory.models import Service, ServiceLocation
from harmreduction.referrals.models import ReferralStep
from harmreduction.referrals.rules.kinds import State
from tests.factories import TIME_ZONE, make_site
from tests.pages import text_of
from tests.referrals.stories import (
    BY_THE_BRIDGE,
    CONTACT,
    count,
    count_events,
    hidden,
    make_referral,
    make_service,
    read_again,
    tell,
)

NUMBERS = (("555 0122", "fax"), ("555 0111", "voice"))
MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_double_tap_is_one_step_and_the_buttons_of_one_page_do_not_mix(worker, site):
    first, second = make_referral(site, follow_up_on=today(TIME_ZONE)), make_referral(site)
    form_id = hidden(worker.page("/referrals/"), "form_id")
    for referral in (first, first, second):
        worker.send(f"/referrals/{referral.public_id}/quick", do="contacted", form_id=form_id)
    assert (count(ReferralStep), read_again(second).state) == (2, "contacted")


def test_not_yet_asks_again_in_a_week(worker, site):
    referral = make_referral(site, follow_up_on=today(TIME_ZONE))
    worker.send(f"/referrals/{referral.public_id}/quick", do="later")
    assert read_again(referral).follow_up_on == today(TIME_ZONE) + 7 * DAY


def test_whether_they_still_go_is_asked_after_thirty_days_and_not_before(worker, site):
    made_at = now() - 40 * DAY
    early, late = make_referral(site, at=made_at), make_referral(site, at=made_at)
    tell(early, State.ARRIVED, follow_up_on=today(TIME_ZONE))
    tell(late, State.ARRIVED, happened_on=today(TIME_ZONE) - 30 * DAY)
    words = text_of(worker.page("/referrals/"))
    assert f"Not yet: ask again in a week {early.slip_number}" in words
    assert f"Still going {late.slip_number}" in words and f"Still going {early.slip_number}" not in words
    worker.send(f"/referrals/{early.public_id}/quick", do="later")
    assert read_again(early).follow_up_on == today(TIME_ZONE) + 7 * DAY


def test_a_tap_that_does_not_fit_says_why_and_changes_nothing(worker, site):
    referral = make_referral(site)
    address = f"/referrals/{referral.public_id}"
    tell(referral, State.CLOSED)
    for do in ("no_show", "later", "kept", "nonsense", ""):
        worker.send(f"{address}/quick", do=do)
        assert "notice-" in worker.page(address)
    assert read_again(referral).state == "closed"


def test_an_appointment_is_told_with_its_day_and_time_and_asked_about_the_day_after(worker, site):
    referral = make_referral(site)
    day = today(TIME_ZONE) + 3 * DAY
    address = f"/referrals/{referral.public_id}"
    answer = worker.send(
        f"{address}/step",
        state="scheduled",
        told_by="partner",
        appointment_day=day.isoformat(),
        appointment_time="14:30",
    )
    assert "at 14:30" in text_of(worker.page(answer.location))
    assert "at 14:30" in text_of(worker.page(f"{address}/slip"))
    assert read_again(referral).follow_up_on == day + DAY
    wrong = worker.send(f"{address}/step", status=200, state="arrived", day=day.isoformat())
    assert "This day has not come yet" in text_of(wrong)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "pending"},
        {"state": "nonsense"},
        {"state": "scheduled", "appointment_day": "0001-01-01"},
        {"state": "scheduled", "appointment_day": "9999-12-31", "appointment_time": "25:00"},
        {"state": "contacted", "follow_up_on": "9999-12-31"},
        {"state": "contacted", "day": "0001-01-01"},
        {"state": "contacted", "told_by": "nobody"},
        {"state": "scheduled", "appointment_time": "14:30"},
        {"state": "contacted", "appointment_day": "2026-12-01"},
    ],
)
def test_what_cannot_be_is_put_right_on_the_page(worker, site, fields):
    referral = make_referral(site)
    assert "to look at" in text_of(worker.send(f"/referrals/{referral.public_id}/step", status=200, **fields))
    assert read_again(referral).state == "pending"


def test_barriers_and_notes_stand_on_the_page_of_the_referral(worker, site):
    referral = make_referral(site)
    address = f"/referrals/{referral.public_id}"
    worker.send(f"{address}/barriers", barriers=["id", "pet", "nonsense"])
    form_id = hidden(worker.page(address), "form_id")
    for _ in range(2):
        worker.send(f"{address}/notes", text="asked for a morning", form_id=form_id)
    page = text_of(worker.page(address))
    assert "No ID" in page and page.count("asked for a morning") == 1
    assert "Write the note first" in text_of(worker.send(f"{address}/notes", status=200))


def test_somebody_takes_back_that_they_may_be_contacted_wherever_a_referral_is_shown(worker, site):
    for page, leads_to in (("/referrals/", "list"), ("/referrals/{}", ""), ("/referrals/{}/made", "")):
        referral = make_referral(site, contact=CONTACT)
        address = f"/referrals/{referral.public_id}"
        shown = worker.page(page.format(referral.public_id))
        assert f'action="{address}/no-contact"' in shown and f"any more {referral.slip_number}" in text_of(shown)
        answer = worker.send(f"{address}/no-contact", back=leads_to)
        assert answer.location == ("/referrals/" if leads_to else address)
        assert "no-contact" not in worker.page(page.format(referral.public_id))
        words = text_of(worker.page(address))
        assert "They do not want us to contact them any more." in words and BY_THE_BRIDGE not in words
    not_asked = make_referral(site)
    assert "no-contact" not in worker.page(f"/referrals/{not_asked.public_id}")


def test_looking_at_a_referral_is_written_down_and_listing_it_is_not(worker, site):
    referral = make_referral(site)
    worker.page("/referrals/")
    assert count_events("REFERRAL_SEEN") == 0
    for number, page in enumerate(("", "/slip", "/made", "/step", "/share"), start=1):
        worker.page(f"/referrals/{referral.public_id}{page}")
        assert count_events("REFERRAL_SEEN", referral) == number


def test_a_slip_number_is_looked_up_exactly_and_stands_in_no_address(worker, site, sign_in_as):
    referral = make_referral(site)
    typed = referral.slip_number.lower().replace("-", " ")
    found = worker.send("/referrals/find", slip_number=typed)
    assert found.location == f"/referrals/{referral.public_id}"
    elsewhere = sign_in_as("outreach_worker", sites=(make_site().id,))
    for client, number in ((worker, typed[:-1]), (elsewhere, typed)):
        answer = client.send("/referrals/find", slip_number=number)
        assert answer.location == "/referrals/"
        assert "No referral of your sites has this slip number" in text_of(client.page("/referrals/"))
    elsewhere.page(f"/referrals/{referral.public_id}", status=404)


def test_the_list_goes_on_over_pages_and_ignores_what_cannot_be_asked(worker, site):
    for _ in range(26):
        make_referral(site)
    assert "Next page" in text_of(worker.page("/referrals/"))
    assert "Previous page" in text_of(worker.page("/referrals/?page=2"))
    for query in ("page=99999999999999999999", "state=x&need=y&site=z", "state=closed&need=food"):
        worker.page(f"/referrals/?{query}")


def test_whom_to_call_has_the_number_to_call_and_leads_to_the_service(worker, site):
    service = make_service("Heron Clinic")
    referral, need_only = make_referral(site, service), make_referral(site)
    for page in ("/referrals/", f"/referrals/{referral.public_id}"):
        shown = worker.page(page)
        assert 'href="tel:5550100"' in shown and f'href="/find/{service.hsds_id}"' in shown
    assert "tel:" not in worker.page(f"/referrals/{need_only.public_id}")


def test_the_number_of_the_place_that_was_chosen_stands_first_and_a_fax_is_none_to_call(worker, site):
    service = make_service("Heron Clinic")
    referral = make_referral(site, service)
    with transaction():
        service = db.session.get_one(Service, service.id)
        fax, desk = ({"id": new_id(), "number": number, "type": kind} for number, kind in NUMBERS)
        service.document = {**service.document, "phones": [fax, desk]}
    shown = worker.page(f"/referrals/{referral.public_id}")
    assert shown.index("tel:5550100") < shown.index("tel:5550111") and "555 0122" not in shown
    with transaction():
        db.session.get_one(Service, service.id).document = {**service.document, "phones": []}
        place = db.session.scalars(select(ServiceLocation)).one()
        place.document = {**place.document, "phones": []}
    assert "has no number of this service" in text_of(worker.page(f"/referrals/{referral.public_id}"))


def test_the_slip_has_a_print_button_that_only_a_script_shows(worker, site):
    shown = worker.page(f"/referrals/{make_referral(site).public_id}/slip")
    assert "data-print hidden" in shown and "js/finder/print" in shown
