"""A lead puts right what could not be saved by itself: again, with changes, never, or two under one number."""

import re
from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from harmreduction.accounts.models import AccountSite
from harmreduction.accounts.rules import Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import in_zone, now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.models import Distribution, SupplyLine
from harmreduction.settings.queries import current_settings
from harmreduction.sync.actions import reviewing
from harmreduction.sync.actions.again import StaysAsItIs
from harmreduction.sync.erasing import roll_up
from harmreduction.sync.models import FieldRecord, FieldRecordVariant
from harmreduction.sync.rules.changes import Changes
from harmreduction.sync.verification import find_differences, summary
from tests.factories import days_from_now, item, make_account, make_actor, make_location, make_site
from tests.pages import text_of
from tests.sync.phones import close, make_phone
from tests.sync.team import count, record_of, void_of

LIST = "/phones/review/"


def lines(*wanted: tuple[str, int], **more) -> list[dict]:
    return [{"item": item(code).public_id, "units": units, **more} for code, units in wanted]


def changes(page: str, **changed: str) -> dict[str, str]:
    """Return what the form on a page holds, with changes."""
    fields = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    wanted = {name: value for name, value in fields.items() if name not in {"csrf_token", "reason"}}
    return wanted | {name.replace("__", "-"): value for name, value in changed.items()}


def test_what_waits_says_why_and_is_saved_once_what_was_wrong_is_mended(field, browser, sign_in_as) -> None:
    elsewhere, lead = make_location(make_site("South")), sign_in_as(Role.PROGRAMME_LEAD)
    waits = field.phone.hand_out(elsewhere, ("naloxone-nasal-4", 2))
    assert field.phone.send(browser) == {waits["id"]: "review"}
    assert "1 record from a phone waits for you" in text_of(lead.page("/today"))
    words = text_of(lead.page(LIST))
    assert "A hand-out" in words
    assert "or give its author the site and try again" in words
    page = lead.page(f"{LIST}{waits['id']}")
    words = text_of(page)
    for part in ("South, ", "2 kits", field.worker.label, "Chrome on Android", "Try again", "Save it with changes"):
        assert part in words, part
    lead.send(f"{LIST}{waits['id']}/again")
    assert "It still could not be saved." in text_of(lead.page(f"{LIST}{waits['id']}"))
    with transaction():
        db.session.add(AccountSite(account_id=field.worker.id, site_id=elsewhere.site_id))
    lead.send(f"{LIST}{waits['id']}/again")
    kept = record_of(waits)
    assert (kept.status, kept.envelope_sealed, kept.resolved_by_id) == ("applied", None, lead.account.id)
    assert "Nothing waits" in text_of(lead.page(LIST))
    words = text_of(lead.page(f"{LIST}{waits['id']}"))
    assert "This one is decided on." in words
    assert "2 kits" in words, "what was saved is what the hand-out says"
    assert "from a phone" not in text_of(lead.page("/today"))
    events = db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject == waits["id"])).all()
    assert set(events) == {"FIELD_RECORD_SEEN", "FIELD_RECORD_RESOLVED", "DISTRIBUTION_LOGGED"}
    assert field.phone.send(browser, [waits]) == {waits["id"]: "duplicate"}
    assert count(Distribution) == 1


def test_a_lead_saves_it_with_another_place_item_number_time_and_author(field, browser, sign_in_as) -> None:
    lead, colleague = sign_in_as(Role.PROGRAMME_LEAD), make_account(sites=(field.shelf.site_id,), label="Kim")
    unknown, stranger = new_id(), make_account(label="Never here")
    wrong = field.phone.save(
        "hand_out",
        visit=new_id(),
        place=new_id(),
        by=stranger.public_id,
        lines=[{"item": unknown, "units": 3}, *lines(("syringe-1ml-28g-half", 10), lot=new_id(), how="picked")],
    )
    field.phone.send(browser)
    address = f"{LIST}{wrong['id']}"
    page = lead.page(address)
    words = text_of(page)
    for part in ("a place that is not known here", "An item that is not in the list, 3", "a lot that is not known"):
        assert part in words, part
    untouched = lead.post(f"{address}/save", data=changes(page))
    assert untouched.status_code == 200
    assert record_of(wrong).status == "review"
    said = changes(
        page,
        place=field.shelf.public_id,
        author=colleague.public_id,
        lines__0__item=item("naloxone-nasal-4").public_id,
        lines__1__units="7",
        forget_lots="y",
        day=days_from_now(-2).isoformat(),
        time="13:30",
    )
    saved = lead.post(f"{address}/save", data=said)
    assert saved.status_code == 302, text_of(saved)
    kept = record_of(wrong)
    assert (kept.status, kept.written_by_id, kept.is_time_doubtful) == ("applied", colleague.id, False)
    [given] = db.session.scalars(select(Distribution)).all()
    assert given.recorded_by_id == colleague.id
    assert given.encounter.site_id == field.shelf.site_id
    assert (now() - given.encounter.occurred_at).days in {1, 2}
    quantities = db.session.execute(select(SupplyLine.item_id, SupplyLine.quantity)).all()
    assert {(row.item_id, row.quantity) for row in quantities} == {
        (item("naloxone-nasal-4").id, 3),
        (item("syringe-1ml-28g-half").id, 7),
    }
    assert field.phone.send(browser, [wrong]) == {wrong["id"]: "duplicate"}


def test_what_is_set_aside_is_erased_and_no_phone_brings_it_back(field, browser, sign_in_as) -> None:
    lead = sign_in_as(Role.PROGRAMME_LEAD)
    practice = field.phone.hand_out(make_location(make_site()))
    field.phone.send(browser)
    address = f"{LIST}{practice['id']}"
    assert "Choose a reason." in text_of(lead.send(f"{address}/aside", status=200))
    lead.send(f"{address}/aside", reason="practice")
    kept = record_of(practice)
    assert (kept.status, kept.reason, kept.envelope_sealed, kept.problem) == ("set_aside", "practice", None, None)
    lead.send(f"{address}/aside", reason="practice", status=409)
    assert field.phone.send(browser, [practice]) == {practice["id"]: "gone"}
    other = close({"v": 1}, field.phone, practice["id"])
    assert field.phone.send(browser, [other]) == {practice["id"]: "gone"}
    assert count(FieldRecordVariant) == count(Distribution) == 0
    assert "Nothing waits" in text_of(lead.page(LIST))


def two_under_one_id(field, browser) -> tuple[dict, dict, str]:
    """Send a hand-out of one kit, then one of four under the same id; return both, and the other's id here."""
    phone, first_id = field.phone, new_id()
    first = phone.hand_out(field.shelf, record_id=first_id)
    second = phone.hand_out(field.shelf, ("naloxone-nasal-4", 4), record_id=first_id)
    assert phone.send(browser, [first]) == {first_id: "stored"}
    assert phone.send(browser, [second]) == {first_id: "review"}
    assert phone.send(browser, [second]) == {first_id: "review"}
    newest = select(FieldRecordVariant.public_id).order_by(FieldRecordVariant.id.desc())
    return first, second, db.session.scalars(newest).first()


def test_of_two_under_one_number_the_first_stands_or_both_or_the_other_one(field, browser, sign_in_as) -> None:
    lead = sign_in_as(Role.PROGRAMME_LEAD)
    handed_out = 0
    for choice, units in (("first", 1), ("both", 5), ("other", 4)):
        first, second, other = two_under_one_id(field, browser)
        assert "Something else was saved under the same number" in text_of(lead.page(LIST))
        words = text_of(lead.page(f"{LIST}{first['id']}"))
        assert "4 kits" in words
        lead.send(f"{LIST}{first['id']}/others/{other}", right=choice)
        handed_out += units
        assert field.handed_out == handed_out, choice
        lead.send(f"{LIST}{first['id']}/others/{other}", right=choice)
        assert field.handed_out == handed_out, "pressed twice, it is done once"
        assert field.phone.send(browser, [second]) == {first["id"]: "review"}
        assert "Nothing waits" in text_of(lead.page(LIST)), "what was decided on stays so"
        assert void_of(first) == ("entered_twice" if choice == "other" else None)
    first, _second, other = two_under_one_id(field, browser)
    lead.send(f"{LIST}{first['id']}/others/{other}")
    assert "Nothing was saved." in text_of(lead.page(f"{LIST}{first['id']}"))


def test_what_the_server_could_not_save_yet_shows_after_a_while_and_can_be_tried_again(
    field, browser, sign_in_as
) -> None:
    lead, envelope = sign_in_as(Role.PROGRAMME_LEAD), field.phone.hand_out(field.shelf)
    later = field.phone.save("take_back", of=new_id())
    assert set(field.phone.send(browser).values()) == {"stored"}
    assert record_of(envelope).status == "applied"
    assert record_of(later).status == "received"
    assert "Nothing waits" in text_of(lead.page(LIST))
    with transaction():
        db.session.execute(update(FieldRecord).values(received_at=now() - timedelta(hours=1)))
    assert "The server could not save it yet" in text_of(lead.page(LIST))
    lead.send(f"{LIST}{later['id']}/again")
    assert record_of(later).status == "received"
    lead.send(f"{LIST}{later['id']}/aside", reason="never_happened")
    assert "Nothing waits" in text_of(lead.page(LIST))
    assert list(find_differences()) == []
    assert summary() == "Phones sent 2 records: 1 saved, 0 undone before they were sent, 0 waiting, 1 set aside."


def test_what_was_decided_on_meanwhile_is_not_called_saved_with_changes(field, browser, sign_in_as) -> None:
    elsewhere, lead = make_location(make_site("South")), sign_in_as(Role.PROGRAMME_LEAD)
    waits = field.phone.hand_out(elsewhere)
    field.phone.send(browser)
    address = f"{LIST}{waits['id']}"
    page = lead.page(address)
    with transaction():
        db.session.add(AccountSite(account_id=field.worker.id, site_id=elsewhere.site_id))
    colleague = sign_in_as(Role.PROGRAMME_LEAD)
    colleague.send(f"{address}/again")
    late = lead.post(f"{address}/save", data=changes(page, lines__0__units="9"))
    assert "This record is decided on already." in text_of(late)
    lead.send(f"{address}/again")
    kept = record_of(waits)
    assert (kept.status, kept.resolved_by_id) == ("applied", colleague.account.id)
    assert list(db.session.scalars(select(SupplyLine.quantity))) == [1]


def test_a_record_that_counts_as_saved_and_is_not_there_is_named(field, browser) -> None:
    envelope = field.phone.hand_out(field.shelf)
    field.phone.send(browser)
    with transaction():
        record_of(envelope).public_id = lost = new_id()
    [difference] = find_differences()
    assert difference == f"Record {lost} of a phone counts as saved, and there is no such hand-out."


def test_a_phone_that_a_restored_copy_does_not_know_is_told_and_a_lead_says_who_wrote_it(
    field, browser, sign_in_as
) -> None:
    lead, phone = sign_in_as(Role.PROGRAMME_LEAD), field.phone
    phone.device = new_id()
    envelope = phone.hand_out(field.shelf, ("naloxone-nasal-4", 2))
    assert phone.send(browser) == {envelope["id"]: "review"}
    page = lead.page(f"{LIST}{envelope['id']}")
    assert "It comes from a phone that was never set up here." in text_of(page)
    assert "2 kits" in text_of(page)
    said = changes(page, author=field.worker.public_id)
    saved = lead.post(f"{LIST}{envelope['id']}/save", data=said)
    assert saved.status_code == 302, text_of(saved)
    assert (field.handed_out, record_of(envelope).written_by_id) == (2, field.worker.id)


def test_when_their_time_is_over_records_keep_their_day_and_what_waits_stays_whole(field, browser) -> None:
    phone = field.phone
    saved, waits, undone = phone.hand_out(field.shelf), phone.hand_out(make_location(make_site())), phone.save("undone")
    broken = {**phone.hand_out(field.shelf), "sig": "AAAA"}
    phone.send(browser, [saved, waits, undone, broken])
    phone.send(browser, [phone.hand_out(field.shelf, record_id=saved["id"])])
    with transaction():
        variant = db.session.scalars(select(FieldRecordVariant)).one()
        set_aside = record_of(broken)
        set_aside.status, set_aside.sent_at = "set_aside", None
        variant.resolved_at = now()
    later = now() + timedelta(days=400)
    assert roll_up(later.date(), limit=1) == 1
    while roll_up(later.date(), limit=1):
        pass
    for envelope in (saved, undone, broken):
        kept = record_of(envelope)
        assert (kept.device_at, kept.sent_at) == (None, None)
        for moment in filter(None, (kept.received_at, kept.happened_at)):
            assert in_zone(moment, current_settings().time_zone).time() == time(12)
    db.session.refresh(variant)
    assert in_zone(variant.received_at, current_settings().time_zone).time() == time(12)
    kept = record_of(waits)
    assert None not in (kept.device_at, kept.sent_at, kept.envelope_sealed)


def test_what_was_forged_under_a_known_number_is_saved_by_nobody(field, browser, sign_in_as) -> None:
    """It says that it is of a third phone, and does not carry the signature of that one."""
    forger, other = make_phone(make_account()), make_phone(field.worker)
    first = field.phone.hand_out(field.shelf)
    told = {"v": 1, "kind": "hand_out", "seq": 1, "by": field.worker.public_id, "at": now().isoformat(), "offset": 0}
    content = {**told, "visit": new_id(), "place": field.shelf.public_id, "lines": lines(("naloxone-nasal-4", 9))}
    forged = close(content, forger, first["id"], device=other.device)
    field.phone.send(browser, [first, forged])
    lead = make_actor(Role.PROGRAMME_LEAD)
    variant = db.session.scalars(select(FieldRecordVariant.public_id)).one()
    saved_as = reviewing.save_other_too(first["id"], variant, by=lead, at=now())
    assert record_of({"id": saved_as}).reason == "bad_signature"
    with pytest.raises(StaysAsItIs):
        reviewing.save_with(saved_as, Changes(author_id=field.worker.id), by=lead, at=now())
    assert (count(Distribution), field.handed_out) == (1, 1)


def test_what_is_not_understood_has_its_number_and_is_shown_as_the_phone_wrote_it(field, browser, sign_in_as) -> None:
    phone, place, kit = field.phone, field.shelf.public_id, item("naloxone-nasal-4")
    told = {"visit": new_id(), "place": place, "loose": False, "note": "<b>"}
    typed = phone.save("hand_out", lines=[{"item": kit.public_id, "units": "05"}, {"item": new_id()}], **told)
    phone.save("weather", at=now(), rain=[[[[[[[[[7]]]]]]]]])
    assert set(phone.send(browser).values()) == {"review"}
    assert (record_of(typed).seq, record_of(typed).kind) == (1, "hand_out")
    lead = sign_in_as(Role.PROGRAMME_LEAD)
    assert "never came" not in text_of(lead.page(f"/phones/{phone.device}"))
    assert "May still be" not in text_of(lead.page(f"/phones/{phone.device}"))
    page = lead.page(f"{LIST}{typed['id']}")
    for part in ("A hand-out", "lines 1 units 05", kit.name, field.worker.label, "&lt;b&gt;"):
        assert part in text_of(page), part
    assert told["visit"] not in page
    assert "Save it with changes" not in text_of(page)


def test_a_report_that_waits_says_when_it_was_as_it_was_tapped(field, browser, sign_in_as) -> None:
    elsewhere = make_location(make_site("South"))
    waits = field.phone.save("reversal", place=elsewhere.public_id, when="yesterday", outcome="ok")
    field.phone.send(browser)
    words = text_of(sign_in_as(Role.PROGRAMME_LEAD).page(f"{LIST}{waits['id']}"))
    assert "Yesterday" in words
    assert "Day not known" not in words
