"""The page of a visit and what leads on from it, opened and sent as a browser without JavaScript does."""

import re
from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.encounters.models import Activity, Distribution, Encounter, NaloxoneTalk, VisitActivity
from tests.encounters.things import activity, begin_visit, the_talk
from tests.factories import make_location, make_site, on_hand, receive
from tests.pages import hidden, text_of
from tests.participants.stories import allow_codes, count_trail, make_participant, make_participant_with_card
from tests.stock.recalls import recall_of

FIELDS = ("form_id", "visit", "opened", "place", "day", "given_before", "scanned_lot", "is_more")


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def at_work(sign_in_as, role="outreach_worker"):
    site = make_site("Union St")
    shelf = make_location(site, "Union St shelf")
    lot = receive(shelf, 10)
    return sign_in_as(role, sites=(site.id,)), site, shelf, lot


def filled(html, **answers):
    """Return the fields of a page as a browser sends them, with what a person chose."""
    kept = {name: hidden(html, name) for name in FIELDS if f'name="{name}"' in html}
    return kept | answers


def tap(client, html, name="Nasal naloxone"):
    """Tap a tile of a hand-out page, and return the address that follows."""
    give = re.search(rf'name="give" value="([^"]+)"[^>]*>(?:(?!</button>).)*{name}', html, re.DOTALL).group(1)
    return client.send("/hand-out", **filled(html, give=give)).location


def visit_of(address):
    return re.search(r"/visits/([^/?]+)", address).group(1)


def test_a_refill_is_two_taps_and_save_and_can_be_undone(sign_in_as):
    client, _site, shelf, lot = at_work(sign_in_as)
    assert "Refill" in text_of(client.page("/hand-out"))
    page = client.page("/naloxone/")
    assert "First to go out: A1" in text_of(page)
    sent = filled(
        page, fate="lost", reply="taken", kits="1", item=re.search(r'<option selected value="([^"]+)"', page).group(1)
    )
    saved = client.send("/naloxone/", **sent).location
    shown = client.page(saved)
    assert "Saved Naloxone nasal spray 4 mg: 1 kit (2 doses)" in text_of(shown)
    assert "Kit before Lost A kit now Takes it This kit is Refill" in text_of(shown)
    again = client.send("/naloxone/", **sent)
    assert "This was saved before. Nothing was added." in text_of(client.page(again.location))
    assert (on_hand(shelf, lot), count(NaloxoneTalk), count(Encounter)) == (9, 1, 1)
    undo = re.search(r'action="(/hand-out/[^"]+/undo[^"]*)"', shown).group(1)
    after = client.send(undo).location
    assert "A kit now Takes it; the hand-out was taken back" in text_of(client.page(after))
    assert on_hand(shelf, lot) == 10


def test_going_back_after_save_hands_out_no_second_kit(sign_in_as):
    client, _site, shelf, lot = at_work(sign_in_as)
    ticked = r'<input checked[^>]*name="reply"'
    page = client.page("/naloxone/")
    assert re.search(ticked, page)
    with time_machine.travel(now(), tick=False):
        saved = client.send("/naloxone/", **filled(page, fate="lost", reply="taken", kits="1")).location
        visit = visit_of(saved)
        for address, asks in (
            ("/naloxone/", "Another person? Go on."),
            (f"/naloxone/?visit={visit}", "Is there more?"),
        ):
            page = client.page(address)
            assert re.search(r"Saved at \d\d:\d\d: Naloxone nasal spray 4 mg: 1 kit \(2 doses\)\. ", text_of(page))
            assert asks in text_of(page) and f'href="/visits/{visit}"' in page and not re.search(ticked, page)
            again = client.send("/naloxone/", **filled(page, kits="1")).location
            assert again == f"/visits/{visit}"
        assert "Nothing was added" in client.page(again)
        assert (on_hand(shelf, lot), count(NaloxoneTalk), count(Encounter)) == (9, 1, 1)
        client.send("/naloxone/", **filled(client.page("/naloxone/"), fate="still_have", kits="1"))
        assert (on_hand(shelf, lot), count(NaloxoneTalk), count(Encounter)) == (9, 2, 2)
        assert "what was told, no kit" in text_of(client.page("/naloxone/"))
        client.send("/naloxone/", **filled(client.page("/naloxone/"), reply="taken", kits="1"))
        assert on_hand(shelf, lot) == 8
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert re.search(ticked, client.page("/naloxone/"))


def test_nothing_asked_is_nothing_told_and_chose_not_to_hands_nothing_out(sign_in_as):
    client, _site, shelf, lot = at_work(sign_in_as)
    page = client.page("/naloxone/")
    client.send("/naloxone/", **filled(page, fate="first_kit", reply="declined", kits="1", times_used="3"))
    talk = the_talk()
    assert (talk.reply, talk.previous_fate, talk.supply_type, talk.times_used) == ("declined", "first_kit", None, None)
    assert (talk.distribution_id, on_hand(shelf, lot)) == (None, 10)
    client.send("/naloxone/", **filled(client.page("/naloxone/"), fate="lost", reply="taken", kits="0"))
    nothing_taken = select(NaloxoneTalk.reply).where(NaloxoneTalk.previous_fate == "lost")
    assert db.session.scalars(nothing_taken).all() == [None]
    wrong = client.send("/naloxone/", status=200, **filled(client.page("/naloxone/"), kits="1.5", fate="lost"))
    assert "Enter a whole number, like 3." in text_of(wrong)


def test_a_kit_that_was_tapped_before_is_not_handed_out_twice(sign_in_as):
    client, _site, shelf, lot = at_work(sign_in_as)
    tapped = client.page(tap(client, client.page("/hand-out")))
    page = client.page(re.search(r'href="(/naloxone/\?visit=[^"]+)"', tapped).group(1))
    assert "Handed out on this visit" in text_of(page)
    assert 'value="1"' not in re.search(r'<input[^>]*name="kits"[^>]*>', page).group(0)
    told = {"fate": "used_on_me", "reply": "taken", "kits": "", "talked": ["call", "stay"], "shown": ["stay"]}
    client.send("/naloxone/", **filled(page, **told))
    talk = the_talk()
    assert (count(Encounter), count(Distribution), on_hand(shelf, lot)) == (1, 1, 9)
    assert (talk.distribution_id, talk.supply_type) == (db.session.scalars(select(Distribution.id)).one(), "refill")
    assert {act.act: act.is_shown_back for act in talk.acts} == {"call": None, "stay": True}


def test_a_used_kit_leads_on_to_the_report_of_it(sign_in_as):
    client, _site, _shelf, _lot = at_work(sign_in_as)
    page = client.page("/naloxone/")
    answer = client.send("/naloxone/", **filled(page, fate="used_on_someone", reply="taken", kits="1", times_used="2"))
    assert answer.location == f"/reversals/talk/{the_talk().public_id}"
    assert the_talk().times_used == 2


def test_what_is_tapped_on_a_visit_with_a_code_belongs_to_it_until_it_is_ended(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    visit = begin_visit(site, make_participant(site))
    page = client.page(f"/hand-out?visit={visit.public_id}")
    assert "Visit with a code." in text_of(page)
    saved = client.page(tap(client, page))
    assert "Visit with a code." in text_of(saved)
    tap(client, saved, "Syringes")
    assert (count(Encounter), count(Distribution)) == (1, 2)
    fresh = client.page(re.search(r'href="([^"]+)">End it', saved).group(1))
    assert "Visit with a code." not in text_of(fresh)
    tap(client, fresh)
    codes = db.session.scalars(select(Encounter.participant_id).order_by(Encounter.id)).all()
    assert [code is not None for code in codes] == [True, False]


def test_a_page_left_open_joins_nobody_to_the_code_of_the_person_before(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    visit = begin_visit(site, make_participant(site))
    opened = client.page(f"/hand-out?visit={visit.public_id}")
    saved = client.page(tap(client, opened))
    with time_machine.travel(now() + timedelta(minutes=31)):
        for page in (opened, saved):
            tap(client, page, "Syringes")
    assert db.session.scalars(select(Encounter.participant_id.is_not(None)).order_by(Encounter.id)).all() == [
        True,
        False,
        False,
    ]


def test_back_to_a_page_of_before_joins_nobody_to_a_code_that_came_since(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    fresh = client.page("/hand-out")
    saved = client.page(tap(client, fresh))
    visit = db.session.scalars(select(Encounter)).one().public_id
    client.send(f"/visits/{visit}/code", participant=make_participant(site).public_id)
    with time_machine.travel(now() + timedelta(minutes=5)):
        for page in (fresh, saved):
            tap(client, page, "Syringes")
    codes = db.session.scalars(select(Encounter.participant_id.is_not(None)).order_by(Encounter.id)).all()
    assert codes == [True, False, False]


def test_a_volunteer_sees_nothing_of_a_code_and_nothing_that_is_not_theirs(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as, "volunteer")
    page = client.page(tap(client, client.page("/hand-out")))
    assert "Refill" not in text_of(page)
    visit = db.session.scalars(select(Encounter)).one()
    shown = text_of(client.page(f"/visits/{visit.public_id}"))
    assert "Hand out more" in shown
    assert "Code" not in shown
    client.page(f"/visits/{begin_visit(site, make_participant(site)).public_id}", status=404)
    assert client.get(f"/visits/{visit.public_id}/code").status_code == 403
    assert client.get("/naloxone/").status_code == 403


def test_they_choose_to_use_their_code_and_then_not(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    allow_codes()
    somebody, code = make_participant_with_card(site)
    client.page(tap(client, client.page("/hand-out")))
    visit = db.session.scalars(select(Encounter.public_id)).one()
    page = client.page(f"/visits/{visit}/code")
    assert re.search(r'class="btn btn-big" href="/visits/[^"]+"><span>No code<', page)
    wrong = client.send(f"/visits/{visit}/code", status=200, code_card="222-22")
    unknown = client.send(f"/visits/{visit}/code", status=200, code_card="BCDF-GHJK-M")
    assert "not known here" in text_of(unknown)
    for answer in (wrong, unknown):
        assert not re.search("222-22|BCDF", answer.get_data(as_text=True))
    joined = client.send(f"/visits/{visit}/code", code_card=code)
    shown = client.page(joined.location)
    assert "This visit belongs to a code." in text_of(shown)
    assert count_trail("PARTICIPANT_SEEN", somebody) == 1
    assert code not in shown + joined.location
    client.send(f"/visits/{visit}/no-code")
    assert "This visit is anonymous" in text_of(client.page(f"/visits/{visit}"))


def test_a_code_that_was_looked_up_for_a_visit_is_joined_by_whom_it_belongs_to(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    visit, somebody, elsewhere = begin_visit(site, make_participant(site)), make_participant(site), make_site()
    join = f"/visits/{visit.public_id}/code"
    client.send(join, participant=somebody.public_id)
    client.send(join, status=404, participant=make_participant(elsewhere).public_id)
    assert db.session.scalars(select(Encounter.participant_id)).one() == somebody.id


def test_a_visit_on_which_nothing_happened_is_taken_back_and_another_stays(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    visit = begin_visit(site, make_participant(site))
    page = client.page(f"/visits/{visit.public_id}")
    client.send(re.search(r'action="(/visits/[^"]+/leave)"', page).group(1))
    assert count(Encounter) == 0
    tap(client, client.page("/hand-out"))
    kept = db.session.scalars(select(Encounter.public_id)).one()
    assert "Not a visit after all" not in client.page(f"/visits/{kept}")
    client.send(f"/visits/{kept}/leave")
    assert count(Encounter) == 1


def test_somebody_elses_visit_and_that_of_another_site_are_as_good_as_none(sign_in_as):
    client, _site, _shelf, _lot = at_work(sign_in_as)
    elsewhere = make_site()
    for there in (begin_visit(elsewhere), begin_visit(elsewhere, make_participant(elsewhere))):
        client.page(f"/visits/{there.public_id}", status=404)
        for path in ("no-code", "leave"):
            assert client.post(f"/visits/{there.public_id}/{path}").status_code == 404
        assert "visit of" not in client.page(f"/naloxone/?visit={there.public_id}")


def test_services_tests_and_topics_are_ticked_and_unticked(sign_in_as):
    client, _site, _shelf, _lot = at_work(sign_in_as)
    page = client.page("/care/")
    assert "results are not kept here" in text_of(page)
    nothing = client.send("/care/", **filled(page))
    assert (nothing.location, count(Encounter)) == ("/hand-out?said=1", 0)
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    test, wound = activity().public_id, activity("Wound care").public_id
    saved = client.send("/care/", **filled(page, shown=shown, done=[wound], declined=[test])).location
    assert "Wound care HIV test: offered, not wanted" in text_of(client.page(saved))
    again = client.page(f"/care/?visit={visit_of(saved)}")
    assert re.search(rf'name="done" value="{wound}" checked', again)
    client.send("/care/", **filled(again, shown=shown, done=[test]))
    assert db.session.scalars(select(VisitActivity.outcome)).all() == ["done"]


def test_a_lead_shapes_the_lists(sign_in_as):
    lead = sign_in_as("programme_lead")
    page = lead.page("/activities/new")
    assert "Enter a name." in text_of(
        lead.send("/activities/new", status=200, form_id=hidden(page, "form_id"), position="1")
    )
    new = {"kind": "service", "name": "Acupuncture", "position": "1", "is_active": "y"}
    for _ in range(2):
        lead.send("/activities/new", form_id=hidden(page, "form_id"), **new)
    assert "Acupuncture" in text_of(lead.page("/activities/"))
    added = db.session.scalars(select(Activity).where(Activity.name == "Acupuncture")).one()
    lead.send(f"/activities/{added.public_id}", kind="service", name="Ear acupuncture", position="9")
    assert "Ear acupuncture not offered" in text_of(lead.page("/activities/"))


def test_the_next_visit_says_what_was_recalled_since(sign_in_as):
    client, site, _shelf, _lot = at_work(sign_in_as)
    somebody = make_participant(site)
    first, second = begin_visit(site, somebody), begin_visit(site, somebody)
    tap(client, client.page(f"/hand-out?visit={first.public_id}"))
    recall_of("A1")
    assert "Sprays that stick: something they took on" in text_of(client.page(f"/visits/{second.public_id}"))


def test_a_pack_that_is_scanned_for_a_refill_fills_its_page_in(sign_in_as):
    client, _site, _shelf, lot = at_work(sign_in_as)
    page = client.page(f"/naloxone/?item={lot.item.public_id}&lot={lot.public_id}")
    assert hidden(page, "scanned_lot") == lot.public_id
    assert "A1" in text_of(page)
