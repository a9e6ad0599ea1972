"""Who looks after phones sees what each holds and what never came, ends the access of a lost one, and reads nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from harmreduction.accounts.rules import Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from tests.pages import text_of
from tests.sync.kits import ask_kit
from tests.sync.phones import device_of, make_phone


def told(phone, **values) -> None:
    """Let the server know something of a phone, as if it had told it."""
    with transaction():
        device = device_of(phone)
        for name, value in values.items():
            setattr(device, name, value)


def of_phone(phone) -> str:
    return f"/phones/{phone.device}"


@pytest.mark.parametrize("role", [Role.PROGRAMME_LEAD, Role.ADMINISTRATOR])
def test_a_phone_shows_what_it_holds_what_never_came_and_how_its_clock_goes(field, browser, sign_in_as, role) -> None:
    phone = field.phone
    lost = [phone.hand_out(field.shelf) for _ in range(6)][2:4]
    phone.send(browser, [envelope for envelope in phone.outbox if envelope not in lost])
    told(phone, waiting=0)
    lead = sign_in_as(role)
    words = text_of(lead.page("/phones/"))
    assert "Chrome on Android" in words
    assert field.worker.label in words
    assert "Numbers 3–4 never came." in words
    told(phone, waiting=1, waiting_since=now() - timedelta(days=4), clock_off_seconds=-7300)
    words = text_of(lead.page(of_phone(phone)))
    assert "Number 3 never came." in words
    assert "May still be on the phone: 4" in words
    assert "Has held 1 record for 4 days" in words
    assert "Its clock is 2 hours behind." in words
    assert "4 records in all." in words
    phone.send(browser, lost)
    words = text_of(lead.page("/phones/"))
    assert "never came" not in words, "it came after all"
    assert "Held nothing when it was seen last." in words


def test_what_is_known_to_be_lost_is_told_once_and_the_next_loss_again(field, browser, sign_in_as) -> None:
    phone, lead = field.phone, sign_in_as(Role.PROGRAMME_LEAD)
    sent = [phone.hand_out(field.shelf) for _ in range(5)]
    phone.send(browser, [sent[0], sent[3]])
    told(phone, waiting=0)
    assert "Numbers 2–3, 5 never came." in text_of(lead.page("/today"))
    lead.send(f"{of_phone(phone)}/gaps", upto="3")
    lead.send(f"{of_phone(phone)}/gaps", upto="many")
    assert "Number 5 never came." in text_of(lead.page("/today"))
    lead.send(f"{of_phone(phone)}/gaps", upto="5")
    assert "never came" not in text_of(lead.page("/today"))
    phone.hand_out(field.shelf)
    phone.send(browser, [phone.hand_out(field.shelf)])
    told(phone, waiting=0)
    assert "Number 6 never came." in text_of(lead.page("/today"))


def test_a_phone_gets_a_name_and_loses_its_access_in_one_press(field, browser, sign_in_as) -> None:
    phone, lead = field.phone, sign_in_as(Role.ADMINISTRATOR)
    first = phone.hand_out(field.shelf)
    phone.send(browser)
    empty = lead.send(f"{of_phone(phone)}/rename", label="  ", status=200)
    assert "Enter what it is called." in text_of(empty)
    lead.send(f"{of_phone(phone)}/rename", label=" Van phone 2 ")
    assert device_of(phone).label == "Van phone 2"
    lead.send(f"{of_phone(phone)}/end-access")
    lead.send(f"{of_phone(phone)}/end-access")
    device = device_of(phone)
    assert device.revoked_at is not None
    assert device.token_expires_at is None
    words = text_of(lead.page(of_phone(phone)))
    assert "Access ended" in words
    assert "1 record in all." in words
    events = db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject == phone.device)).all()
    assert [event for event in events if event != "DEVICE_ADDED"] == ["DEVICE_CHANGED", "DEVICE_REVOKED"]
    assert phone.send(browser, [phone.hand_out(field.shelf)]).popitem()[1] == "review"
    assert first["id"] not in words


def test_a_phone_that_gets_a_new_key_still_holds_what_it_held_and_nobody_is_told_of_a_loss(
    field, browser, sign_in_as
) -> None:
    phone, lead = field.phone, sign_in_as(Role.PROGRAMME_LEAD)
    told(phone, revoked_at=now() - timedelta(days=1))
    waits = [phone.hand_out(field.shelf) for _ in range(3)]
    anew = {"device": phone.device, "replaces": phone.device, "last_seq": 3}
    ask_kit(browser, **anew)
    words = text_of(lead.page(of_phone(phone)))
    assert "never came" not in words
    assert "May still be on the phone: 1–3" in words
    assert set(phone.send(browser, waits).values()) == {"review"}
    assert "May still be" not in text_of(lead.page(of_phone(phone)))
    ask_kit(browser, **anew | {"device": None, "last_seq": 4})
    assert "Number 4 never came." in text_of(lead.page(of_phone(phone)))


def test_a_phone_that_was_replaced_stands_below_those_in_use(field, sign_in_as) -> None:
    ended, lead = make_phone(field.worker, label="Firefox on Android"), sign_in_as(Role.PROGRAMME_LEAD)
    told(ended, revoked_at=now(), seen_at=now())
    page = lead.page("/phones/")
    assert page.index("Chrome on Android") < page.index("Firefox on Android")
    assert text_of(page).count("Set up ") == 2


def test_phones_that_nobody_uses_any_more_fold_away_and_ring_no_bell(field, sign_in_as) -> None:
    old, lead = make_phone(field.worker, label="Firefox on Android"), sign_in_as(Role.PROGRAMME_LEAD)
    told(old, seen_at=now() - timedelta(days=61), waiting=2, highest_seq=2, waiting_since=now() - timedelta(days=61))
    page = lead.page("/phones/")
    assert page.index("Chrome on Android") < page.index("1 phone was not seen for 60 days") < page.index("Firefox on")
    assert "Firefox on Android" not in text_of(lead.page("/today"))
    assert lead.page(f"/phones/{field.worker.public_id}", status=404)
