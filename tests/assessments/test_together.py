"""The loop closes in the same sitting: supplies, practice, a referral, a follow-up and help today, from the plan."""

import re

from sqlalchemy import select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.assessments import drafts
from harmreduction.assessments.actions.keeping import end_conversation
from harmreduction.assessments.models import Conversation, OpenLoop
from harmreduction.assessments.rules.cards import Offer
from harmreduction.assessments.rules.loops import needs_in, offered
from harmreduction.assessments.rules.talks import Keeping, LoopKind
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.models import Distribution, Encounter, NaloxoneTalk
from harmreduction.referrals.models import Referral
from harmreduction.sites.models import Site
from harmreduction.stock.verification import find_differences
from tests.assessments.sittings import begun, decided
from tests.directory.builders import make_service
from tests.factories import hand_out, make_location, make_site, on_hand, receive
from tests.pages import hidden, text_of
from tests.participants.stories import allow_codes, make_participant
from tests.referrals.stories import count

STEPS = ("strips", "naloxone_carry", "practise", "start_medicine", "check_in_agreed")
SHOWN = {"recognise": "shown", "call": "talked"}


def sitting(sign_in_as, *steps, **said):
    """Return a browser of a clinician, her draft with these steps in its plan, the shelf and its naloxone."""
    site = make_site("Union St")
    shelf = make_location(site, "Union St shelf")
    kits = receive(shelf, 10)
    receive(shelf, 100, code="strip-fentanyl", lot="S1")
    browser = sign_in_as("clinician", sites=(site.id,))
    me = signed_in_as(browser.account.id)
    return browser, me, begun(site, me, *(steps or STEPS), **said), shelf, kits


def at(draft, part="together"):
    return f"/conversations/now/{draft.draft_id}/{part}"


def tap(browser, draft, page, tile, *, status=303):
    """Tap a tile of a page."""
    give = re.search(rf'name="give" value="([^"]+)"[^>]*>(?:(?!</button>).)*{tile}', page, re.DOTALL).group(1)
    kept = {name: hidden(page, name) for name in ("form_id", "place")}
    return browser.send(at(draft, "together/hand-out"), status=status, give=give, **kept)


def read(draft, me):
    return drafts.open_draft(draft.draft_id, me)


def test_from_the_plan_to_the_bag_and_nothing_of_the_conversation_is_kept(sign_in_as):
    browser, me, draft, shelf, kits = sitting(sign_in_as)
    page = browser.page(at(draft))
    assert page.index("Test strips") < page.index("Wound care")  # what the plan asks for stands first
    saved = browser.page(tap(browser, draft, page, "Nasal naloxone").location)
    assert "Saved Naloxone nasal spray 4 mg: 1 kit (2 doses)" in text_of(saved)
    again = browser.page(tap(browser, draft, page, "Nasal naloxone").location)
    assert "This was saved before. No supplies were added." in text_of(again)
    assert (on_hand(shelf, kits), count(Distribution)) == (9, 1)
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', saved).group(1)
    browser.send(undo, status=303)
    assert on_hand(shelf, kits) == 10
    assert "was saved and then taken back" in tap(browser, draft, page, "Nasal naloxone", status=200).text
    tap(browser, draft, browser.page(at(draft)), "Nasal naloxone")
    assert end_conversation(draft.draft_id, keeping=Keeping.NOTHING, by=me, at=now()) is None
    visit = db.session.scalars(select(Encounter)).one()
    assert (visit.public_id, visit.participant_id) == (draft.visit_id, None)
    assert (on_hand(shelf, kits), count(Conversation), count(OpenLoop)) == (9, 0, 0)
    assert list(find_differences()) == []


def test_any_item_is_handed_out_once(sign_in_as):
    browser, _me, draft, shelf, kits = sitting(sign_in_as)
    page = browser.page(at(draft, "together/items"))
    naloxone = re.search(r'<option[^>]*value="([^"]+)">Naloxone nasal spray 4 mg', page).group(1)
    sent = {"form_id": hidden(page, "form_id"), "place": hidden(page, "place"), "item": naloxone}
    as_shown = sent | {"item": re.search(r'<option[^>]*value="([^"]*)"', page).group(1)}
    assert "Choose an item." in browser.send(at(draft, "together/items"), status=200, **as_shown, units="3").text
    assert "Enter how many." in browser.send(at(draft, "together/items"), status=200, **sent, units="").text
    for _time in range(2):
        browser.send(at(draft, "together/items"), status=303, **sent, units="3")
    assert on_hand(shelf, kits) == 7


def test_what_was_practised_and_not_shown_stays_open_and_closes_when_it_is(sign_in_as):
    browser, me, draft, _shelf, _kits = sitting(sign_in_as)
    tap(browser, draft, browser.page(at(draft)), "Nasal naloxone")
    page = browser.page(at(draft, "together/teach-back"))
    sent = {"form_id": hidden(page, "form_id"), "given_before": hidden(page, "given_before")}
    for _time in range(2):
        browser.send(at(draft, "together/teach-back"), status=303, **sent, **SHOWN)
    talk = db.session.scalars(select(NaloxoneTalk)).one()
    assert {act.act: act.is_shown_back for act in talk.acts} == {"recognise": True, "call": None}
    assert talk.distribution_id is not None and talk.reply is None
    assert [(loop.kind, loop.words) for loop in read(draft, me).loops] == [(LoopKind.TEACH_BACK, "Call for help")]
    page = browser.page(at(draft, "together/teach-back"))
    assert "They showed it back today already." in text_of(page)
    browser.send(at(draft, "together/teach-back"), status=303, form_id=hidden(page, "form_id"), call="shown")
    assert read(draft, me).loops == ()
    page = browser.page(at(draft, "together/teach-back"))
    browser.send(at(draft, "together/teach-back"), status=303, form_id=hidden(page, "form_id"))
    assert count(NaloxoneTalk) == 2  # nothing was ticked, so nothing was recorded


def test_what_staff_do_themselves_is_no_referral_to_some_other_service(sign_in_as):
    browser, _me, draft, _shelf, _kits = sitting(sign_in_as, "go_together", "call_ahead")
    assert {line.offers for line in offered(draft)} == {(Offer.FOLLOW_UP,)} and needs_in(draft) == ()
    assert text_of(browser.page(at(draft))).count("Agree on a day Someone goes with me.") == 1


def test_a_referral_begins_in_the_sitting_and_its_slip_is_at_hand(sign_in_as):
    browser, me, draft, _shelf, _kits = sitting(sign_in_as)
    service = make_service("Heron Clinic", offers=("moud",))
    other = make_service("Egret House")
    line = next(step for step in draft.steps if step.option == "start_medicine")
    page = browser.page(f"{at(draft, 'agreed/referral')}?line={line.step_id}")
    assert re.search(r'<option selected value="moud"', page) and service.name in page
    looked = browser.send(at(draft, "agreed/referral"), status=200, do="look", need="housing", looked_for="egret")
    assert "Egret House" in looked.text and "need=" not in looked.request.path
    sent = {"form_id": hidden(page, "form_id"), "do": "refer", "handover": "warm", "follow_up_on": ""}
    for _time in range(2):
        browser.send(
            at(draft, "agreed/referral"), status=303, **sent, need="housing", looked_for="egret", service=other.hsds_id
        )
    referral = db.session.scalars(select(Referral)).one()
    assert (referral.service_id, referral.need, referral.participant_id) == (other.id, "housing", None)
    assert [loop.referral_id for loop in read(draft, me).loops] == [referral.public_id]
    shown = browser.page(at(draft))
    assert referral.slip_number in shown and f"/referrals/{referral.public_id}/slip" in shown
    wrong = browser.send(at(draft, "agreed/referral"), status=200, do="refer", follow_up_on="2020-01-01")
    assert "Choose today or a day within a year." in wrong.text
    assert service.name not in wrong.text  # nothing was said of what they want, so it looks for nothing


def test_a_follow_up_another_day_and_help_today_stay_in_the_draft_until_it_is_kept(sign_in_as):
    browser, me, draft, _shelf, _kits = sitting(sign_in_as, "strips", "same_day")
    page = browser.page(at(draft, "agreed/follow-up"))
    assert "It stands on your paper only." in text_of(page)
    sent = {"form_id": hidden(page, "form_id"), "due_on": "", "words": "call me on 555 010 0199"}
    assert "looks like a phone number" in browser.send(at(draft, "agreed/follow-up"), status=200, **sent).text
    browser.send(at(draft, "agreed/follow-up"), status=303, **sent | {"words": "They come by on Tuesday"})
    late = browser.send(at(draft, "agreed/follow-up"), status=200, due_on="2020-01-01")
    assert "Choose today or a day within a year." in late.text
    browser.send(at(draft, f"agreed/later/{draft.steps[0].step_id}"), status=303)
    today = browser.page(at(draft, "agreed/today"))
    assert "988 Suicide &amp; Crisis Lifeline" in today and 'href="tel:988"' in today
    assert browser.send(at(draft, "agreed/today"), status=303).location == at(draft, "").rstrip("/")  # the next card
    assert browser.send(at(draft, "agreed/today"), status=303, ways="stay").location == at(draft, "agreed/today")
    kinds = [loop.kind for loop in read(draft, me).loops]
    assert kinds == [LoopKind.FOLLOW_UP, LoopKind.SUPPLIES, LoopKind.SAME_DAY]
    assert "Begun today : Somebody stays with you" in text_of(browser.page(at(draft, "agreed/today")))
    assert "“" not in (shown := text_of(browser.page(at(draft)))) and "They come by on Tuesday" in shown
    browser.send(at(draft, f"agreed/let-go/{read(draft, me).loops[-1].loop_id}"), status=303)
    assert count(OpenLoop) == 0
    end_conversation(draft.draft_id, keeping=Keeping.WITHOUT_CODE, by=me, at=now())
    rows = db.session.scalars(select(OpenLoop).order_by(OpenLoop.id)).all()
    assert [row.kind for row in rows] == ["follow_up", "supplies"]
    assert all(b"Tuesday" not in (row.words_sealed or b"") for row in rows)


def test_the_code_goes_with_the_supplies_only_as_the_participant_decides_at_the_end(sign_in_as):
    browser, me, draft, shelf, _kits = sitting(sign_in_as)
    allow_codes()
    site = db.session.get_one(Site, draft.site_id)
    person = make_participant(site)
    with_code = {"keeping": Keeping.WITH_CODE, "participant_id": person.public_id}
    decided(draft, by=me, **with_code)
    tap(browser, draft, browser.page(at(draft)), "Nasal naloxone")
    page = browser.page(at(draft, "agreed/referral"))
    browser.send(at(draft, "agreed/referral"), status=303, form_id=hidden(page, "form_id"), do="refer", need="food")
    assert db.session.scalars(select(Encounter.participant_id)).one() == person.id
    end_conversation(draft.draft_id, keeping=Keeping.NOTHING, by=me, at=now())
    assert db.session.scalars(select(Encounter.participant_id)).one() is None
    assert db.session.scalars(select(Referral.participant_id)).one() is None
    before = hand_out(shelf, ("naloxone-nasal-4", 1), by=me, participant_id=person.id)
    second = begun(site, me, visit_id=before.visit_id)
    end_conversation(second.draft_id, keeping=Keeping.NOTHING, by=me, at=now())
    visit = db.session.scalar(select(Encounter).where(Encounter.public_id == before.visit_id))
    assert visit.participant_id == person.id  # the code was chosen for the visit itself
    third = begun(site, me)
    tap(browser, third, browser.page(at(third)), "Nasal naloxone")
    decided(third, by=me, **with_code)
    end_conversation(third.draft_id, keeping=Keeping.WITH_CODE, by=me, at=now())
    joined = db.session.scalar(select(Encounter).where(Encounter.public_id == third.visit_id))
    assert joined.participant_id == person.id


def test_without_a_stock_place_the_page_leads_to_one(sign_in_as):
    site = make_site("Union St")
    browser = sign_in_as("clinician", sites=(site.id,))
    me = signed_in_as(browser.account.id)
    draft = begun(site, me)
    assert "Choose first where you hand out from." in text_of(browser.page(at(draft)))
    assert "Choose first" in text_of(browser.page(at(draft, "together/items")))
    assert "Choose first" in browser.send(at(draft, "together/hand-out"), status=200).text
    encounters.choose_working_place(site.public_id, "", day=None, by=me)
    assert "Nasal naloxone" in text_of(browser.page(at(draft)))
