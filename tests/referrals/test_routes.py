"""The pages of referrals, opened and sent as a browser without JavaScript does."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.directory.actions.duplicates import merge_services
from harmreduction.directory.models import Organization, Service
from harmreduction.encounters import actions as encounters
from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import Referral, ReferralNote
from harmreduction.referrals.rules.kinds import Barrier, State
from harmreduction.settings.models import Setting
from tests.factories import SYSTEM, TIME_ZONE, make_location, make_site
from tests.pages import text_of
from tests.referrals.stories import (
    CONTACT,
    STREET,
    count,
    count_events,
    hidden,
    make_referral,
    make_service,
    read_again,
    tell,
)

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def number_on(html):
    return re.search(r"[2-9B-Z]{4}-[2-9B-Z]{4}", text_of(html)).group(0)


def only():
    db.session.rollback()
    return db.session.scalars(select(Referral)).one()


# The story --------------------------------------------------------------------------------------------


def test_from_a_service_to_the_slip_to_the_call_to_arriving_to_still_going(worker, sign_in_as):
    service = make_service()
    with time_machine.travel(MONDAY, tick=False) as clock:
        page = worker.page(f"/referrals/new?service={service.hsds_id}")
        assert "Heron Clinic" in page
        fields = {name: hidden(page, name) for name in ("form_id", "service", "follow_up_on")}
        made = worker.page(worker.send("/referrals/new", need="moud", handover="warm", **fields).location)
        number = number_on(made)
        slip = worker.page(re.search(r'href="(/referrals/[^"]+/slip)"', made).group(1))
        for words in ("Heron Clinic", STREET, "555 0100", "A letter, if you have one", number, "No name is on this"):
            assert words in text_of(slip)
        assert text_of(worker.page("/referrals/")).index("Later") > 0

        clock.shift(7 * DAY)
        listed = worker.page("/referrals/")
        assert "Call today" in text_of(listed) and number in text_of(listed)
        quick = re.search(r'action="(/referrals/[^"]+/quick)"', listed).group(1)
        answer = worker.send(quick, do="contacted", form_id=hidden(listed, "form_id"), back="list")
        assert answer.location == "/referrals/"

        clock.shift(2 * DAY)
        worker = again_signed_in(worker, sign_in_as)
        listed = worker.page("/referrals/")
        worker.send(quick, do="arrived", form_id=hidden(listed, "form_id"), back="list")
        assert only().follow_up_on == today(TIME_ZONE) + 30 * DAY

        clock.shift(30 * DAY)
        worker = again_signed_in(worker, sign_in_as)
        listed = worker.page("/referrals/")
        assert "Still going there?" in text_of(listed)
        worker.send(quick, do="kept", form_id=hidden(listed, "form_id"), back="list")
        assert (only().is_kept_at_30_days, only().follow_up_on) == (True, None)
        figures = text_of(sign_in_as("programme_lead").page("/referrals/figures"))
        assert "Heron Clinic 1 1 1 1 0 0 1 0 0 9" in figures


def again_signed_in(client, sign_in_as):
    return sign_in_as("", account=client.account)


# Making -----------------------------------------------------------------------------------------------


def test_a_need_is_enough_and_a_page_sent_twice_is_one_referral(worker):
    form_id = hidden(worker.page("/referrals/new"), "form_id")
    first = worker.send("/referrals/new", need="other", form_id=form_id)
    assert worker.send("/referrals/new", need="other", form_id=form_id).location == first.location
    assert (count(Referral), only().follow_up_on, only().service_id) == (1, None, None)


def test_nothing_chosen_asks_for_the_need_only(worker):
    page = text_of(worker.send("/referrals/new", status=200))
    assert "1 thing to look at" in page and "Something else” is fine" in page


def test_how_to_find_somebody_without_asking_is_put_right_at_its_field(worker):
    answer = worker.send("/referrals/new", status=200, need="food", finding="mornings at the van")
    assert "Ask first whether you may contact them" in text_of(answer)
    worker.send("/referrals/new", need="food", finding="mornings at the van", may_contact="yes", channel="peer")
    assert queries.find_reach(only()) == "mornings at the van"


def test_what_looks_like_a_name_is_pointed_out_and_the_person_decides(worker):
    told = {"need": "food", "may_contact": "yes", "finding": "ask for the one called Heron"}
    answer = worker.send("/referrals/new", status=200, **told)
    assert "looks like a name" in text_of(answer)
    worker.send("/referrals/new", names_nobody="y", **told)
    assert count(Referral) == 1


@pytest.mark.parametrize("number", ["text 555 010 0199", "heron@example.org"])
def test_a_phone_number_or_an_email_address_is_not_kept_whatever_is_ticked(worker, site, number):
    referral = make_referral(site)
    for address, told in {
        "/referrals/new": {"need": "food", "may_contact": "yes", "finding": number},
        f"/referrals/{referral.public_id}/notes": {"text": number},
        f"/referrals/{referral.public_id}/share": {"shared_with": "Heron Clinic", "is_agreed": "y", "note": number},
    }.items():
        answer = worker.send(address, status=200, names_nobody="y", **told)
        assert "Leave out phone numbers" in text_of(answer), address
    assert (count(Referral), count(ReferralNote)) == (1, 0)


def test_safe_times_are_times_and_no_number_to_call(worker):
    told = {"need": "food", "may_contact": "yes"}
    for number in ("919 555 0100", "heron@example.org"):
        answer = worker.send("/referrals/new", status=200, hours=number, **told)
        assert "Leave out phone numbers" in text_of(answer)
    worker.send("/referrals/new", hours="9-12 13:30-17:00, not Monday", **told)
    assert count(Referral) == 1


def test_a_service_for_one_need_has_it_chosen_already(worker):
    service = make_service(offers=("food",))
    assert '<option selected value="food">' in worker.page(f"/referrals/new?service={service.hsds_id}")
    service = make_service("Otter House", offers=("food", "shelter"))
    assert '<option selected value="food">' not in worker.page(f"/referrals/new?service={service.hsds_id}")


def test_an_appointment_in_the_list_is_answered_with_they_did_not_get_there(worker, site):
    referral = make_referral(site, follow_up_on=today(TIME_ZONE))
    tell(referral, State.SCHEDULED)
    listed = worker.page("/referrals/")
    assert 'name="do" value="contacted"' not in listed and 'name="do" value="no_show"' in listed
    worker.send(f"/referrals/{referral.public_id}/quick", do="no_show", form_id=hidden(listed, "form_id"))
    assert read_again(referral).state == "no_show"


def test_a_referral_belongs_to_the_site_where_its_maker_works_now_unless_they_choose_another(sign_in_as, site):
    other = make_site("Eastside")
    place = make_location(other)
    client = sign_in_as("outreach_worker", sites=(site.id, other.id))
    me = signed_in_as(client.account.id)
    encounters.choose_working_place(other.public_id, place.public_id, day=None, by=me)
    page = client.page("/referrals/new")
    assert re.search(rf'<option selected value="{other.public_id}">', page)
    client.send("/referrals/new", need="food", site=site.public_id)
    assert only().site_id == site.id


def test_somebody_without_a_site_is_told_whom_to_ask(sign_in_as):
    client = sign_in_as("outreach_worker")
    for address in ("/referrals/", "/referrals/new"):
        assert "Ask your administrator" in text_of(client.page(address))


def test_a_service_that_was_merged_leads_to_the_last_that_it_was_merged_into(database):
    first, second, last = make_service("First"), make_service("Second"), make_service("Last")
    merge_services(second.hsds_id, first.hsds_id, by=SYSTEM, at=now())
    merge_services(last.hsds_id, second.hsds_id, by=SYSTEM, at=now())
    assert queries.find_target(first.hsds_id).name == "Last"


def test_a_service_that_is_not_in_the_directory_is_not_found(worker):
    worker.page(f"/referrals/new?service={new_id()}", status=404)


def test_a_confidential_address_is_on_no_slip(worker, site):
    referral = make_referral(site, make_service(is_confidential=True))
    slip = worker.page(f"/referrals/{referral.public_id}/slip")
    assert STREET not in slip and "told by phone" in text_of(slip)


def test_a_slip_without_a_service_shows_the_number_and_not_the_need(worker, site):
    referral = make_referral(site)
    slip = text_of(worker.page(f"/referrals/{referral.public_id}/slip"))
    assert referral.slip_number in slip and "Housing" not in slip


def test_the_code_on_a_slip_leads_to_the_public_page_and_is_left_out_where_there_is_none(worker, site):
    referral = make_referral(site, make_service())
    assert "slip-code" in worker.page(f"/referrals/{referral.public_id}/slip")
    with transaction():
        db.session.merge(Setting(name="is_directory_public", value="no"))
    assert "slip-code" not in worker.page(f"/referrals/{referral.public_id}/slip")


# Figures ----------------------------------------------------------------------------------------------


def test_the_figures_are_downloaded_after_proof_and_no_cell_runs_as_a_formula(sign_in_as, site):
    make_referral(site, make_service("=HYPERLINK(1)"))
    lead = sign_in_as("programme_lead")
    answer = lead.get("/referrals/figures.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert '"\'=HYPERLINK(1)",1,0,0,0,0,1' in answer.text
    assert count_events("REPORT_EXPORTED") == 1
    with time_machine.travel(now() + timedelta(minutes=20), tick=False) as clock:
        lead.page("/referrals/figures")
        clock.shift(timedelta(minutes=11))
        assert "/confirm" in lead.get("/referrals/figures.csv").location


def test_two_services_of_one_name_are_two_rows_told_apart_by_who_runs_them_or_where(sign_in_as, site):
    first, second, third = make_service("Food bank"), make_service("Food bank"), make_service("Otter House")
    for service in (first, first, second, third):
        make_referral(site, service)
    actions.note_barriers(make_referral(site, second).public_id, {Barrier.COST}, by=SYSTEM, at=now())
    with transaction():
        owner = Organization(hsds_id=new_id(), name="Heron Trust", document={}, changed_at=now())
        db.session.add(owner)
        db.session.flush()
        db.session.get_one(Service, second.id).organization_id = owner.id
    lead = sign_in_as("programme_lead")
    words = text_of(lead.page("/referrals/figures"))
    assert "Food bank 2 0" in words and "Food bank, Heron Trust 2 0" in words and "Otter House 1 0" in words
    assert "Cost Food bank, Heron Trust 1" in words
    rows = lead.get("/referrals/figures.csv").text
    assert '"By service","Food bank, Heron Trust",2' in rows and '"Cost, Food bank, Heron Trust",1' in rows


def test_the_town_of_a_confidential_place_tells_no_services_apart(sign_in_as, site):
    for is_confidential in (True, False):
        make_referral(site, make_service("Safe house", is_confidential=is_confidential))
    words = text_of(sign_in_as("programme_lead").page("/referrals/figures"))
    assert "Safe house 1 0" in words and "Safe house, Durham 1 0" in words


@pytest.mark.parametrize("query", ["first=0001-01-01&last=9999-12-31", "first=2030-01-01&last=2020-01-01", "first=x"])
def test_a_time_that_cannot_be_shows_a_page(sign_in_as, query):
    assert "How many got there" in text_of(sign_in_as("programme_lead").page(f"/referrals/figures?{query}"))


def test_no_field_asks_for_a_name_or_a_way_to_trace_somebody(worker, site):
    referral = make_referral(site, contact=CONTACT)
    page = worker.page(f"/referrals/{referral.public_id}")
    fields = set(re.findall(r'name="([a-z_]+)"', page + worker.page("/referrals/new")))
    assert fields.isdisjoint({"name", "first_name", "last_name", "birth", "phone", "email", "address"})
