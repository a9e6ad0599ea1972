"""What a partner sees by a link, and the page that makes the link."""

import logging
import re
from datetime import UTC, datetime, timedelta

import time_machine

from harmreduction.core.clock import now, today
from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import ReferralConsent, ReferralNote, ReferralStep
from harmreduction.referrals.rules.kinds import State
from harmreduction.referrals.rules.sharing import Shared
from tests.factories import TIME_ZONE
from tests.pages import text_of
from tests.referrals.stories import (
    BY_THE_BRIDGE,
    CONTACT,
    count,
    hidden,
    make_referral,
    make_service,
    read_again,
    share,
    tell,
)

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


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


def test_a_number_to_call_is_no_organisation(worker, site):
    referral = make_referral(site)
    told = {"shared_with": "919 555 0100", "is_agreed": "y", "ends_on": today(TIME_ZONE).isoformat()}
    answer = worker.send(f"/referrals/{referral.public_id}/share", status=200, **told)
    assert "Leave out phone numbers" in text_of(answer)
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
    for unfinished in ({}, {"time": "23:45"}):
        asked = client.send(link, status=200, state="scheduled", **unfinished)
        assert "Choose the day of the appointment." in text_of(asked)
    assert read_again(referral).appointment_at == appointment
    answer = client.send(link, status=200, state="arrived", day=day.isoformat())
    assert "This day has not come yet" in text_of(answer)
    assert "Choose one answer" in text_of(client.send(link, status=200))


def test_a_partner_whose_answer_ends_the_referral_is_thanked_and_the_link_ends(worker, client, site):
    referral = make_referral(site)
    link = shared_link(worker, referral, is_agreed="y")
    form_id = hidden(client.page(link), "form_id")
    for _ in range(2):
        answer = client.send(link, status=200, state="declined_by_provider", form_id=form_id)
        assert "Thank you" in text_of(answer) and "This referral has ended" in text_of(answer)
        assert referral.slip_number not in text_of(answer) and 'content="noindex' in answer.text
    assert "not shared with you any more" in text_of(client.page(link, status=410))
    client.send(link, status=410, state="arrived")
    assert (count(ReferralStep), read_again(referral).state) == (1, "declined_by_provider")


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
    words = text_of(client.page(link, status=410))
    assert BY_THE_BRIDGE not in words and "ring twice" not in words
    assert count(ReferralNote) == 0
    assert Shared.NOTE in queries.list_sharing(read_again(referral), now=now())[0].items
