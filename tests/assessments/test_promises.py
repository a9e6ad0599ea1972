"""What a conversation promises where things go another way than two people at one tablet would have them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select, update

from harmreduction.accounts.models import AccountSite
from harmreduction.accounts.queries import signed_in_as
from harmreduction.assessments import drafts
from harmreduction.assessments.actions.card_editing import change_cards
from harmreduction.assessments.actions.keeping import end_conversation
from harmreduction.assessments.card_sets import release_set
from harmreduction.assessments.models import ConversationVersion, PlanLine
from harmreduction.assessments.queries.ending import find_conversation_of
from harmreduction.assessments.rules.card_checks import check
from harmreduction.assessments.rules.card_editing import move_card
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.cards import Situation
from harmreduction.assessments.rules.talks import GONE_AFTER, WIPED_AFTER, Keeping, Reply
from harmreduction.assessments.shelf import FolderShelf, shelf
from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.referrals.models import Referral
from harmreduction.retention.actions.forgetting import forget_participant
from tests.accounts.people import PASSPHRASE, make_person, sign_in
from tests.assessments.sittings import begun
from tests.assessments.test_conversation import BEGIN, answer, begin, draft_of, end
from tests.core.test_one_moment import in_another_request
from tests.factories import make_actor, make_site
from tests.pages import hidden, text_of
from tests.participants.stories import allow_codes, make_participant_with_card

WORD = "quetzal-feather"


@pytest.fixture
def site(database):
    return make_site("North")


@pytest.fixture
def clinician(sign_in_as, site):
    return sign_in_as("clinician", sites=(site.id,))


def begin_with_code(client, site):
    """Begin with the code of somebody new, and return the address and the participant."""
    allow_codes()
    participant, _code = make_participant_with_card(site)
    return begin(client, "with_code", path=f"{BEGIN}?participant={participant.public_id}"), participant


def refer(client, talk):
    """Make a referral in a conversation."""
    page = client.page(f"{talk}/agreed/referral")
    client.send(f"{talk}/agreed/referral", status=303, form_id=hidden(page, "form_id"), need="housing", do="refer")


def test_whatever_is_said_about_mood_but_a_no_leads_to_what_can_be_done_today(clinician):
    talk = begin(clinician)
    for said in ({"words": f"I am tired of it {WORD}"}, {"staff_words": "I worry"}):
        leads_to = answer(clinician, talk, "mood", **said).headers["Location"]
        assert "988" in text_of(clinician.page(leads_to)), said
    answer(clinician, talk, "mood", answer="option:no")
    page = answer(clinician, talk, "mood", revision=0, status=200, answer="option:today").get_data(as_text=True)
    fields = {name: hidden(page, name) for name in ("chosen", "answer", "words", "staff_words")}
    chosen = clinician.send(f"{talk}/cards/mood/choose", status=303, choice="ours", **fields)
    assert chosen.headers["Location"].endswith("/agreed/today")  # told on a second device, it leads there, too


def test_everybody_is_asked_about_mood_whatever_a_programme_makes_of_its_cards():
    for told in ({"situations": frozenset({Situation.USING})}, {"is_core": False}):
        cards = tuple(replace(card, **told) if card.code == "mood" else card for card in release_set().cards)
        with pytest.raises(UnusableCardSet, match="for everybody"):
            check(replace(release_set(), cards=cards))


def test_a_referral_that_was_let_go_follows_the_last_decision_about_the_code_too(clinician, site):
    talk, participant = begin_with_code(clinician, site)
    refer(clinician, talk)
    assert db.session.scalars(select(Referral.participant_id)).one() == participant.id
    clinician.send(f"{talk}/agreed/let-go/{draft_of(clinician).loops[0].loop_id}", status=303)
    end(clinician, talk, "nothing")
    db.session.rollback()
    assert db.session.scalars(select(Referral.participant_id)).one() is None


def test_nothing_that_changed_meanwhile_keeps_anybody_from_keeping_nothing(clinician, site):
    talk, participant = begin_with_code(clinician, site)
    refer(clinician, talk)
    assert forget_participant(participant.public_id, by=make_actor("programme_lead", sites=(site.id,)))
    assert end(clinician, talk, "nothing", review_on="next week").endswith("/nothing-kept")

    talk, _participant = begin_with_code(clinician, site)
    refer(clinician, talk)
    elsewhere = make_site("South")
    mine = AccountSite.account_id == clinician.account.id
    db.session.execute(update(AccountSite).where(mine).values(site_id=elsewhere.id))
    db.session.commit()
    version = hidden(clinician.page(f"{talk}/ending"), "version")
    refused = clinician.send(f"{talk}/ending", status=403, keeping="without_code", version=version)
    assert "ask your administrator" in text_of(refused)
    assert end(clinician, talk, "nothing").endswith("/nothing-kept")
    assert drafts.list_drafts(signed_in_as(clinician.account.id)) == []


def test_what_a_page_decides_is_done_whatever_another_decides_at_the_same_time(site):
    me = make_actor("clinician", sites=(site.id,))
    draft = begun(site, me, keeping=Keeping.WITHOUT_CODE)
    assert end_conversation(draft.draft_id, keeping=Keeping.NOTHING, by=me, at=now()) is None
    assert db.session.scalars(select(ConversationVersion)).all() == []


def test_whoever_waited_for_another_screen_is_told_what_it_did(instance):
    site = make_site("North")
    me = make_actor("clinician", sites=(site.id,))
    draft = begun(site, me)
    assert find_conversation_of(me, draft.version_id) is None  # the read of a page is open while it waits
    in_another_request(
        instance.app, lambda: end_conversation(draft.draft_id, keeping=Keeping.WITHOUT_CODE, by=me, at=now())
    )
    assert find_conversation_of(me, draft.version_id) is not None


def test_what_no_card_says_any_more_is_shown_and_never_said_again_by_a_tap(clinician, site):
    talk, participant = begin_with_code(clinician, site)
    answer(clinician, talk, "mix", chosen=["alcohol"])
    answer(clinician, talk, "alone", answer="skipped")
    end(clinician, talk, "with_code")

    def without_alcohol(cards):
        cut = {"mix": tuple(option for option in cards.card("mix").options if option.code != "alcohol")}
        return replace(
            cards, cards=tuple(replace(card, options=cut.get(card.code, card.options)) for card in cards.cards)
        )

    change_cards(without_alcohol, by=make_actor("programme_lead", sites=(site.id,)), today=today("UTC"))
    talk = begin(clinician, "with_code", path=f"{BEGIN}?participant={participant.public_id}")
    page = clinician.page(f"{talk}/cards/mix")
    assert "Alcohol" in text_of(page) and "still_true" not in page
    for card in ("mix", "place"):  # of the second nothing was said
        answer(clinician, talk, card, do="still_true")
    assert draft_of(clinician).answers == {}


def test_a_day_to_look_again_lies_ahead_and_is_no_barrier(clinician):
    talk = begin(clinician, "without_code")
    version = hidden(clinician.page(f"{talk}/ending"), "version")
    for day in ("2000-01-01", "9999-12-31", "soon"):
        page = clinician.send(f"{talk}/ending", status=200, keeping="without_code", version=version, review_on=day)
        assert "1 thing to look at" in text_of(page), day
    assert end(clinician, talk, "without_code").endswith("/saved")


def test_a_proof_of_long_ago_wakes_nothing(app, site):
    with time_machine.travel(now(), tick=False) as clock:
        browser = sign_in(app, make_person("clinician", sites=(site.id,)))
        talk = begin(browser)
        clock.shift(WIPED_AFTER + timedelta(minutes=1))
        browser.send("/confirm", status=302, passphrase=PASSPHRASE)  # for something else
        for _times in range(2):
            clock.shift(timedelta(minutes=20))
            browser.page("/conversations")
        assert browser.get(talk).headers["Location"] == f"{talk}/resting"


def test_what_nobody_touched_is_swept_whoever_is_there(site, tmp_path):
    me = make_actor("clinician", sites=(site.id,))
    with time_machine.travel(now(), tick=False) as clock:
        begun(site, me)
        drafts.sweep()
        assert shelf().names()
        clock.shift(GONE_AFTER)
        drafts.sweep()
        assert shelf().names() == []
    not_ours = tmp_path / "shelf"
    not_ours.write_text("")
    assert FolderShelf(not_ours).names() == []  # and no page fails for it


def test_what_staff_noted_stays_readable_when_a_card_is_answered_anew(clinician):
    talk = begin(clinician, "without_code")
    for note in (f"heard {WORD}", ""):
        answer(clinician, talk, "alone", answer="option:most", staff_words=note)
    assert f"Was: heard {WORD}" in text_of(clinician.page(talk))  # a note that is taken back was there
    answer(clinician, talk, "mix", chosen=["alcohol"], staff_words=f"seen {WORD}")
    saved = end(clinician, talk, "without_code")
    talk = begin(clinician, "without_code", path=f"{BEGIN}?conversation={saved.split('/')[2]}")
    answer(clinician, talk, "mix", chosen=["tobacco"])
    assert end(clinician, talk, "without_code") == saved
    assert f"was: seen {WORD}" in text_of(clinician.page(saved.removesuffix("/saved")))


def test_kept_without_a_code_no_row_leads_to_what_was_kept_with_one(clinician, site):
    talk, _participant = begin_with_code(clinician, site)
    answer(clinician, talk, "strengths", chosen=["tests_first"])
    saved = end(clinician, talk, "with_code")
    talk = begin(clinician, "without_code", path=f"{BEGIN}?conversation={saved.split('/')[2]}")
    assert end(clinician, talk, "without_code") != saved
    ids = db.session.scalars(select(PlanLine.step_id)).all()
    assert len(ids) == len(set(ids)) == 2


def test_what_was_typed_beside_last_time_stays_though_it_is_skipped(clinician):
    talk = begin(clinician, "without_code")
    answer(clinician, talk, "mix", chosen=["alcohol"])
    saved = end(clinician, talk, "without_code")
    talk = begin(clinician, "without_code", path=f"{BEGIN}?conversation={saved.split('/')[2]}")
    answer(clinician, talk, "mix", do="skip", words=WORD, staff_words=f"seen {WORD}")
    said = draft_of(clinician).answers["mix"]
    assert (said.reply, said.words, said.staff_words) == (Reply.SKIPPED, WORD, f"seen {WORD}")


def test_two_versions_that_were_settled_are_not_unsettled_by_what_was_typed_before(clinician):
    talk = begin(clinician)
    page = clinician.page(f"{talk}/cards/mix")
    answer(clinician, talk, "mix", words="from the tablet")
    mine = {"page": hidden(page, "page"), "revision": "0", "words": "from the phone"}
    clinician.send(f"{talk}/cards/mix/typing", status=204, **mine)
    page = clinician.send(f"{talk}/cards/mix", status=200, **mine).get_data(as_text=True)
    assert draft_of(clinician).typed, "until they choose, nothing is lost"
    fields = {name: hidden(page, name) for name in ("page", "taken_over", "answer", "words", "staff_words")}
    clinician.send(f"{talk}/cards/mix/choose", status=303, choice="theirs", **fields)
    assert ">\nfrom the tablet</textarea>" in clinician.page(f"{talk}/cards/mix")
    assert draft_of(clinician).typed == ()


def test_what_is_pressed_twice_is_said_once(clinician):
    talk = begin(clinician)
    for _twice in range(2):
        answer(clinician, talk, "mix", revision=0, chosen=["alcohol"], words=WORD)
    page = answer(clinician, talk, "mix", revision=0, status=200, words="another").get_data(as_text=True)
    fields = {name: hidden(page, name) for name in ("answer", "words", "staff_words")}
    for _twice in range(2):
        clinician.send(f"{talk}/cards/mix/choose", status=303, choice="both", **fields)
    said = draft_of(clinician).answers["mix"]
    assert (said.chosen, said.words, said.earlier) == (("alcohol",), f"{WORD}\nanother", (WORD,))
    clinician.send(f"{talk}/plan/add", status=303, chosen=["one_at_a_time"])
    [line] = draft_of(clinician).steps
    for _twice in range(2):
        clinician.send(f"{talk}/plan/{line.step_id}", status=303, revision=0, when="at ten")
    assert draft_of(clinician).steps[0].when == "at ten"


def test_back_to_the_invitation_the_last_answer_counts(clinician, site):
    allow_codes()
    participant, _code = make_participant_with_card(site)
    page = clinician.page(f"{BEGIN}?participant={participant.public_id}")
    names = ("form_id", "participant", "visit", "conversation", "site")
    said = {name: hidden(page, name) for name in names} | {"language": "en"}
    first = clinician.send(BEGIN, status=303, **said, keeping="with_code").headers["Location"]
    last, by = release_set().cards[-1].code, make_actor("programme_lead", sites=(site.id,))
    change_cards(partial(move_card, code=last, places=-1), by=by, today=today("UTC"))  # another set than it began with
    assert clinician.send(BEGIN, status=303, **said, keeping="nothing").headers["Location"] == first
    draft = draft_of(clinician)
    assert (draft.keeping, draft.participant_id) == (Keeping.NOTHING, None)
    answer(clinician, first, "mix", words=WORD)
    clinician.send(f"{first}/rest", status=303)
    clinician.send(BEGIN, status=303, **said, keeping="with_code")
    assert clinician.get(first).headers["Location"] == f"{first}/resting"  # that answer proves nobody
    draft = drafts.wake(draft.draft_id, signed_in_as(clinician.account.id))
    assert (draft.keeping, draft.participant_id) == (Keeping.WITH_CODE, participant.public_id)
    assert draft.answers["mix"].words == WORD


def test_two_versions_are_as_short_as_one(clinician):
    talk = begin(clinician)
    shown = clinician.send(f"{talk}/cards/mix/choose", status=200, choice="ours", words="x" * 2001)
    assert "Keep it under 2,000" in text_of(shown) and draft_of(clinician).answers == {}
