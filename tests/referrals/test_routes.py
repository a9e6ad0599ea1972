"""The pages of referrals, opened and sent as a browser without JavaScript does."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters import actions as encounters
from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import Referral, ReferralConsent, ReferralNote, ReferralStep
from harmreduction.referrals.rules.kinds import State
from harmreduction.referrals.rules.sharing import Shared
from harmreduction.settings.models import Setting
from tests.factories import TIME_ZONE, make_location, make_site
from tests.pages import text_of
from tests.referrals.stories import (
    BY_THE_BRIDGE,
    CONTACT,
    STREET,
    count_events,
    make_referral,
    make_service,
    read_again,
    share,
    tell,
)

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def number_on(html):
    return re.search(r"[2-9B-Z]{4}-[2-9B-Z]{4}", text_of(html)).group(0)


@pytest.fixture
def site(database):
    return make_site("Union St")


@pytest.fixture
def worker(sign_in_as, site):
    return sign_in_as("outreach_worker", sites=(site.id,))


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


def test_what_looks_like_a_number_to_call_is_pointed_out_and_the_person_decides(worker):
    told = {"need": "food", "may_contact": "yes", "finding": "text 555 010 0199"}
    answer = worker.send("/referrals/new", status=200, **told)
    assert "looks like a phone number" in text_of(answer)
    worker.send("/referrals/new", names_nobody="y", **told)
    assert count(Referral) == 1


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


# Following up -----------------------------------------------------------------------------------------


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


# Sharing ----------------------------------------------------------------------------------------------


def shared_link(worker, referral, **fields):
    address = f"/referrals/{referral.public_id}/share"
    page = worker.page(address)
    told = {name: hidden(page, name) for name in ("form_id", "ends_on")} | {"shared_with": "Heron Clinic"} | fields
    answer = worker.send(address, status=200, **told)
    return re.search(r"http://[^<]+(/partner/[^<]+)</textarea>", answer.get_data(as_text=True)).group(1)


def test_nothing_is_shared_before_the_words_are_read_and_agreed_to(worker, site):
    referral = make_referral(site)
    answer = worker.send(f"/referrals/{referral.public_id}/share", status=200, shared_with="Heron Clinic")
    assert "Read them the words first" in text_of(answer) and "Your name is not in it" in text_of(answer)
    assert count(ReferralConsent) == 0


def test_a_partner_opens_the_link_without_an_account_and_says_that_they_came(worker, client, site):
    referral = make_referral(site, make_service(), contact=CONTACT)
    link = shared_link(worker, referral, is_agreed="y", note="ring twice")
    page = client.page(link)
    words = text_of(page)
    for seen in (referral.slip_number, "Housing", "ring twice", "Do not pass this on", "42 CFR part 2"):
        assert seen in words
    for unseen in (BY_THE_BRIDGE, "Union St", worker.account.label):
        assert unseen not in words
    assert 'name="robots" content="noindex' in page and 'name="referrer" content="strict-origin"' in page
    form_id = hidden(page, "form_id")
    for _ in range(2):
        client.send(link, state="arrived", form_id=form_id)
    assert "The programme sees this now" in text_of(client.page(link))
    assert (count(ReferralStep), read_again(referral).state) == (1, "arrived")
    seen_by_staff = text_of(worker.page(f"/referrals/{referral.public_id}"))
    assert "The service told us" in seen_by_staff and "Opened 2 times" in seen_by_staff


def test_a_partner_tells_the_day_and_time_of_an_appointment(worker, client, site):
    referral = make_referral(site)
    link = shared_link(worker, referral, is_agreed="y")
    day = today(TIME_ZONE) + 5 * DAY
    client.send(link, state="scheduled", day=day.isoformat(), time="09:15")
    appointment = read_again(referral).appointment_at
    assert appointment is not None and today(TIME_ZONE, appointment) == day
    answer = client.send(link, status=200, state="arrived", day=day.isoformat())
    assert "This day has not come yet" in text_of(answer)
    assert "Choose one answer" in text_of(client.send(link, status=200))


def test_a_link_that_was_ended_or_is_too_old_says_so_plainly(worker, client, site):
    referral = make_referral(site)
    with time_machine.travel(MONDAY, tick=False) as clock:
        _agreement, token = share(make_referral(site), until=today(TIME_ZONE))
        clock.shift(2 * DAY)
        assert "ended with the time" in text_of(client.page(f"/partner/{token}", status=410))
    link = shared_link(worker, referral, is_agreed="y")
    end = re.search(r'action="([^"]+/end)"', worker.page(f"/referrals/{referral.public_id}")).group(1)
    worker.send(end)
    assert "not shared with you any more" in text_of(client.page(link, status=410))
    client.send(link, status=410, state="arrived")
    client.page("/partner/nonsense", status=410)
    assert read_again(referral).state == "pending"


def test_the_token_stands_in_no_line_of_the_log(worker, client, site, caplog, monkeypatch):
    link = shared_link(worker, make_referral(site), is_agreed="y")
    caplog.set_level(logging.DEBUG)
    client.page(link)

    def fails(*_args, **_kwargs):
        raise RuntimeError("something broke")

    monkeypatch.setattr(actions, "open_link", fails)
    monkeypatch.setitem(client.application.config, "PROPAGATE_EXCEPTIONS", False)
    assert client.get(link).status_code == 500
    assert caplog.text and link.rpartition("/")[2] not in caplog.text


def test_a_note_that_travelled_goes_when_the_referral_ends(worker, client, site):
    referral = make_referral(site, contact=CONTACT)
    link = shared_link(worker, referral, is_agreed="y", note="ring twice", shares_reach="y")
    assert BY_THE_BRIDGE in text_of(client.page(link))
    tell(referral, State.COMPLETED)
    words = text_of(client.page(link))
    assert BY_THE_BRIDGE not in words and "ring twice" not in words
    assert count(ReferralNote) == 0
    assert Shared.NOTE in queries.list_sharing(read_again(referral), now=now())[0].items


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


@pytest.mark.parametrize("query", ["first=0001-01-01&last=9999-12-31", "first=2030-01-01&last=2020-01-01", "first=x"])
def test_a_time_that_cannot_be_shows_a_page(sign_in_as, query):
    assert "How many got there" in text_of(sign_in_as("programme_lead").page(f"/referrals/figures?{query}"))


def test_no_field_asks_for_a_name_or_a_way_to_trace_somebody(worker, site):
    referral = make_referral(site, contact=CONTACT)
    page = worker.page(f"/referrals/{referral.public_id}")
    fields = set(re.findall(r'name="([a-z_]+)"', page + worker.page("/referrals/new")))
    assert fields.isdisjoint({"name", "first_name", "last_name", "birth", "phone", "email", "address"})
