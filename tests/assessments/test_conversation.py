"""Conversations from the invitation to the end, as two people at one tablet hold them."""

import hashlib
import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from harmreduction.accounts.queries import signed_in_as
from harmreduction.assessments import drafts, shelf
from harmreduction.assessments.card_sets import digest_of, release_set
from harmreduction.assessments.models import CardAnswer, CardChoice, Conversation, ConversationVersion
from harmreduction.assessments.rules.talks import WIPED_AFTER, Keeping
from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.participants.queries.people import find_participant
from harmreduction.retention.actions.forgetting import forget_participant
from harmreduction.settings.actions import set_values
from tests.accounts.people import PASSPHRASE, make_person, sign_in
from tests.accounts.test_kept import hidden as hidden_fields
from tests.assessments.talks import a_draft
from tests.factories import SYSTEM, make_actor, make_site
from tests.pages import hidden, text_of
from tests.participants.stories import allow_codes, make_participant_with_card

BEGIN = "/conversations/begin"
WORD = "quetzal-feather"
SOME_VERSION = "00000000-0000-4000-8000-000000000000"
EIGHT = ("strengths", "now", "alone", "mix", "naloxone", "mood", "people", "mine")


@pytest.fixture
def site(database):
    return make_site("North")


@pytest.fixture
def clinician(sign_in_as, site):
    return sign_in_as("clinician", sites=(site.id,))


def begin(client, keeping="nothing", path=BEGIN, **fields):
    """Say yes to the invitation, and return the address of the conversation."""
    page = client.page(path)
    said = {name: hidden(page, name) for name in ("form_id", "participant", "visit", "conversation", "site")}
    return client.send(BEGIN, status=303, **{**said, "language": "en", "keeping": keeping, **fields}).headers[
        "Location"
    ]


def answer(client, now_url, card, *, revision=None, status=303, **fields):
    """Say something to a card, from a page that is opened for it unless an older revision is named."""
    address = f"{now_url}/cards/{card}"
    if revision is None:
        revision = hidden(client.page(f"{address}?go_on=1"), "revision")
    return client.send(address, status=status, revision=revision, **fields)


def end(client, now_url, keeping, **fields):
    version = hidden(client.page(f"{now_url}/ending"), "version")
    return client.send(f"{now_url}/ending", status=303, keeping=keeping, version=version, **fields).headers["Location"]


def everything():
    """Return every row of every table, the audit trail included, as text."""
    db.session.rollback()
    rows = (row for table in db.metadata.sorted_tables for row in db.session.execute(table.select()))
    return "\n".join(map(repr, rows))


def dump():
    """Return the fingerprint of the whole database."""
    return hashlib.sha256(everything().encode()).hexdigest()


def draft_of(client):
    me = signed_in_as(client.account.id)
    [open_one] = drafts.list_drafts(me)
    return drafts.open_draft(open_one.draft_id, me)


def test_a_conversation_of_which_nothing_is_kept_leaves_no_trace(app, clinician, caplog):
    caplog.set_level(logging.DEBUG)
    clinician.page(BEGIN)
    before = dump()
    talk = begin(clinician)
    for card in EIGHT:
        answer(clinician, talk, card, words=f"{WORD} {card}", staff_words=f"staff {WORD}")
    clinician.send(f"{talk}/cards/alone/typing", status=204, words=f"{WORD} half a thought", page="")
    pages = [clinician.page(address) for address in (talk, f"{talk}/cards/alone", f"{talk}/wishes", f"{talk}/ending")]
    assert all(WORD in page for page in pages)  # both read it all the time
    assert end(clinician, talk, "nothing") == "/conversations/nothing-kept"
    assert "Nothing was kept" in clinician.page("/conversations/nothing-kept")
    assert dump() == before
    assert WORD not in caplog.text
    files = [path.read_bytes() for path in app.config["HR"].instance.rglob("*") if path.is_file()]
    lying = [shelf.shelf().read(name) or b"" for name in shelf.shelf().names()]
    assert not any(WORD.encode() in found for found in (*files, *lying))
    gone = clinician.page(talk, status=404)
    assert "This conversation is over." in gone and 'href="/conversations"' in gone
    assert end_again(clinician, talk) == "/conversations/nothing-kept"
    late = clinician.send(f"{talk}/ending", status=404, keeping="without_code", version=SOME_VERSION)
    assert "If it was kept" in late.text and "Nothing was kept" not in late.text  # no page tells what it cannot know


def end_again(client, talk, version=SOME_VERSION):
    """Tap a second time on a page that is still there."""
    return client.send(f"{talk}/ending", status=303, keeping="nothing", version=version).headers["Location"]


def test_what_is_kept_without_a_code_is_sealed_and_skipped_is_no_no(clinician):
    talk = begin(clinician, "without_code")
    answer(clinician, talk, "alone", answer="option:most", words=WORD)
    answer(clinician, talk, "alone", answer="option:some", words=f"{WORD} more", staff_words=f"staff {WORD}")
    for card, way_out in (("mood", "rather_not_say"), ("place", "skipped"), ("supply", "later"), ("meds", "not_sure")):
        answer(clinician, talk, card, answer=way_out)
    answer(clinician, talk, "people")  # sent empty: nothing was said, not even that it was skipped
    answer(clinician, talk, "mix", chosen=["alcohol", "tobacco", "nonsense"])
    version = hidden(clinician.page(f"{talk}/ending"), "version")
    review_on = today("UTC") + timedelta(days=28)
    saved = end(clinician, talk, "without_code", review_on=review_on.isoformat())
    number = re.search(r"P-[\w-]+", text_of(clinician.page(saved)))[0]
    assert clinician.send(f"{talk}/ending", status=303, version=version, keeping="nothing").headers["Location"] == saved

    kept = db.session.scalars(select(ConversationVersion)).one()
    assert (kept.conversation.plan_number, kept.conversation.participant_id) == (number, None)
    assert (kept.number, kept.review_on, kept.situation) == (1, review_on, None)
    replies = {said.card: said.reply for said in kept.answers}
    assert replies == {
        "alone": "answered",
        "mood": "rather_not_say",
        "place": "skipped",
        "supply": "later",
        "meds": "not_sure",
        "mix": "answered",
    }
    chosen = {(said.card, choice.option, choice.is_concern) for said in kept.answers for choice in said.choices}
    assert chosen == {("alone", "some", True), ("mix", "alcohol", True), ("mix", "tobacco", True)}
    assert WORD not in everything()
    shown = text_of(clinician.page(f"/conversations/{kept.conversation.public_id}"))
    assert f"{WORD} more" in shown and f"staff {WORD}" in shown


@pytest.mark.parametrize(
    ("choice", "words", "earlier"),
    [
        ("theirs", "from the tablet", ("from the phone",)),
        ("ours", "from the phone", ("from the tablet",)),
        ("both", "from the tablet\nfrom the phone", ("from the tablet",)),
    ],
)
def test_two_devices_on_one_card_lose_no_word(clinician, choice, words, earlier):
    talk = begin(clinician)
    answer(clinician, talk, "alone", words="from the tablet", staff_words="seen by one")
    late = answer(clinician, talk, "alone", revision=0, status=200, answer="not_sure", words="from the phone")
    page = late.get_data(as_text=True)
    assert "from the tablet" in text_of(page) and "from the phone" in text_of(page)
    fields = {name: hidden(page, name) for name in ("answer", "words", "staff_words")}
    clinician.send(f"{talk}/cards/alone/choose", status=303, choice=choice, **fields)
    said = draft_of(clinician).answers["alone"]
    assert (said.words, said.earlier, said.reply) == (words, earlier, "not_sure" if choice == "ours" else "answered")
    assert "seen by one" in (said.staff_words, *said.staff_earlier)
    both = text_of(clinician.page(f"{talk}/cards/alone"))
    assert "from the tablet" in both and "from the phone" in both


def test_what_is_typed_and_not_sent_is_there_again(clinician):
    talk = begin(clinician)
    first, second = (clinician.page(f"{talk}/cards/alone") for _ in range(2))
    for page, words, ticked in ((first, "on the tablet", "skipped"), (second, "on the phone", "option:most")):
        fields = {"page": hidden(page, "page"), "revision": "0", "words": words, "answer": ticked}
        clinician.send(f"{talk}/cards/alone/typing", status=204, **fields)
    assert draft_of(clinician).answers == {}
    again = clinician.page(f"{talk}/cards/alone")
    assert ">\non the phone</textarea>" in again and "on the tablet" in text_of(again)
    assert re.search(r'value="option:most" checked', again) and 'value="skipped" checked' not in again
    assert "It is not sent yet." in text_of(again)
    assert "Not sent yet" in clinician.page(talk)
    assert "Only what was sent is kept" in clinician.page(f"{talk}/ending")
    fields = {name: hidden(again, name) for name in ("page", "taken_over", "revision")}
    clinician.send(f"{talk}/cards/alone", status=303, words="on the phone", **fields)
    assert [typed.words for typed in draft_of(clinician).typed] == ["on the tablet"]
    too_long = clinician.send(f"{talk}/cards/mix", status=200, words="x" * 2001, revision="0")
    assert "Keep it under 2,000" in text_of(too_long) and "x" * 2001 in too_long.get_data(as_text=True)


def test_after_a_silence_only_the_person_who_began_it_goes_on(app, site):
    with time_machine.travel(now(), tick=False) as clock:
        account = make_person("clinician", sites=(site.id,))
        browser = sign_in(app, account)
        talk = begin(browser)
        answer(browser, talk, "alone", words=WORD)
        clock.shift(WIPED_AFTER + timedelta(seconds=1))
        resting = browser.get(f"{talk}/cards/alone").headers["Location"]
        assert resting == f"{talk}/resting"
        assert WORD not in browser.page(resting) and "Still there?" in browser.page(resting)
        asked = browser.get(f"{talk}/wake").headers["Location"]
        assert asked.startswith("/confirm?next=")
        assert browser.send(f"{talk}/here", status=401)

        sent = browser.send(f"{talk}/cards/mix", status=401, words="typed just then", revision="0")
        assert "typed just then" not in sent.get_data(as_text=True)  # it travels sealed
        back = browser.send("/confirm", status=200, passphrase=PASSPHRASE, **hidden_fields(sent.get_data(as_text=True)))
        again = hidden_fields(back.get_data(as_text=True))
        assert browser.send(f"{talk}/cards/mix", status=303, **again)
        assert WORD in browser.page(talk) and "typed just then" in browser.page(talk)

        browser.send(f"{talk}/rest", status=303)  # Hide: the proof of a moment ago is from before
        clock.shift(timedelta(seconds=1))
        assert browser.get(talk).headers["Location"] == resting
        another = sign_in(app, account)  # the session was over, or it is another device
        assert another.get(f"{talk}/wake").headers["Location"] == talk
        assert WORD in another.page(talk)
        stranger = sign_in(app, make_person("clinician", sites=(site.id,)))
        for path in ("", "/resting", "/wake", "/cards/alone"):
            assert stranger.get(f"{talk}{path}").status_code == 404


def test_in_a_demonstration_nobody_has_a_passphrase_to_go_on(clinician):
    set_values({"is_demonstration": "yes"}, by=SYSTEM)
    talk = begin(clinician)
    clinician.send(f"{talk}/rest", status=303)
    resting = text_of(clinician.page(f"{talk}/resting"))
    assert "none is asked for" in resting and "Back to our conversation" not in resting
    assert "Which card next?" in clinician.page(talk)


def test_two_people_see_no_menu_of_the_staff_and_are_told_what_waits(clinician):
    talk = begin(clinician)
    for page in (clinician.page(talk), clinician.page(f"{talk}/plan")):
        assert 'href="/referrals' not in page and 'href="/conversations"' in page and 'href="#talk"' in page
    answer(clinician, talk, "alone", answer="option:most", tried=["someone_checks"])
    page = clinician.page(talk)
    assert "Ticked, and not in our plan: Someone checks on me." in text_of(page)
    clinician.send(f"{talk}/plan/add", status=303, chosen=["someone_checks"])
    assert [step.option for step in draft_of(clinician).steps] == ["someone_checks"]
    assert "Ticked, and not" not in clinician.page(talk) and "Show this page in it" not in page
    clinician.send(f"{talk}/wishes", status=303, language="es")
    assert re.search(rf'href="/language/es[^"]*{talk.rpartition("/")[2]}', clinician.page(talk))


def test_a_hard_card_says_first_what_comes_and_mood_leads_to_today(clinician):
    talk = begin(clinician)
    before = text_of(clinician.page(f"{talk}/cards/mood"))
    assert "Go on" in before and "Not now" in before and "988" in before and "Rather not say" not in before
    for said in ("option:today", "option:sometimes", "option:before", "not_sure", "rather_not_say"):
        leads_to = answer(clinician, talk, "mood", answer=said).headers["Location"]
        assert "988" in text_of(clinician.page(leads_to)), said
    for said in ("option:no", "skipped", "later"):
        assert answer(clinician, talk, "mood", answer=said).headers["Location"] == talk, said


def test_the_conversation_is_as_they_wish(clinician):
    talk = begin(clinician, wishes=["short_questions", "fewer_cards", "more_time"], language="es")
    page = clinician.page(talk)
    assert page.count("deck-card") == 7 and "12 cards are left out" in text_of(page)
    assert 'data-seconds="1800"' in page
    for part in ("cards/mix", "plan", "paper"):  # the page is in English: how to change either is one tap away
        assert f'href="{talk}#language"' in clinician.page(f"{talk}/{part}")
    question = clinician.page(f"{talk}/cards/mix")
    assert "¿" in question and "In your own words" not in text_of(question) and 'lang="es"' in question
    words = answer(clinician, talk, "mix", chosen=["alcohol"]).headers["Location"]
    second = clinician.page(words)
    fields = {name: hidden(second, name) for name in ("revision", "page", "screen", "chosen")}
    clinician.send(f"{talk}/cards/mix", status=303, words="y ya", **fields)
    said = draft_of(clinician).answers["mix"]
    assert (said.chosen, said.words) == (("alcohol",), "y ya")
    assert answer(clinician, talk, "alone", answer="skipped").headers["Location"] == talk
    answer(clinician, talk, "mix", tried=["one_at_a_time"])
    answer(clinician, talk, "mix", chosen=["alcohol"])  # its first screen again, which shows no what-if
    assert "one_at_a_time" in draft_of(clinician).tried
    own = answer(clinician, talk, "place").headers["Location"]
    assert "screen=words" in own, "own words are asked for where no answer fits, too"
    clinician.send(f"{talk}/wishes", status=303, language="en")
    assert clinician.page(talk).count("deck-card") == 19 and "#language" not in clinician.page(f"{talk}/plan")
    clinician.send(f"{talk}/cards/now", status=303, revision="0", answer="option:stopped")
    assert draft_of(clinician).layout == "break"


def test_with_their_code_nobody_tells_it_twice(clinician, site, sign_in_as):
    allow_codes()
    participant, code = make_participant_with_card(site)
    at, participant_id = now(), participant.public_id
    talk = begin(clinician, "with_code", path=f"{BEGIN}?participant={participant_id}", wishes=["pictures"])
    answer(clinician, talk, "alone", answer="option:most", words=WORD)
    answer(clinician, talk, "strengths", chosen=["tests_first"])
    end(clinician, talk, "with_code")

    with time_machine.travel(at + timedelta(days=28)):
        clinician = sign_in_as("clinician", account=clinician.account)
        ticked = re.findall(r"<input[^>]*checked[^>]*>", clinician.page(f"{BEGIN}?participant={participant_id}"))
        assert ['value="pictures"' in each for each in ticked] == [True, False]  # the other is the language
        assert "We talked on" in text_of(clinician.page(f"{BEGIN}?participant={participant_id}"))
        assert "Talk again" in text_of(clinician.page(f"/participants/{participant_id}/conversations"))
        later = begin(clinician, "with_code", code_card=code)
        shown = text_of(clinician.page(f"{later}/cards/alone"))
        assert WORD in shown and "Still true" in shown and "Changed" in shown
        answer(clinician, later, "alone", do="still_true", words="On Sundays she knows.")
        draft = draft_of(clinician)
        assert draft.answers["alone"].is_still_true and draft.answers["alone"].words == f"{WORD}\nOn Sundays she knows."
        assert [step.option for step in draft.steps] == ["tests_first"]
        answer(clinician, later, "mix", do="skip")
        saved = end(clinician, later, "with_code")
        assert "plan number" not in text_of(clinician.page(saved))
    [conversation] = db.session.scalars(select(Conversation))
    assert [version.number for version in conversation.versions] == [1, 2]
    answers = conversation.versions[1].answers
    assert [(said.card, said.reply, said.is_still_true) for said in answers] == [
        ("alone", "answered", True),
        ("mix", "skipped", None),
    ]
    assert conversation.participant_id == find_participant(participant_id).id


def test_a_code_may_be_shown_at_the_end_and_be_gone_by_then(clinician, site):
    allow_codes()
    participant, code = make_participant_with_card(site)
    talk = begin(clinician, "with_code")
    answer(clinician, talk, "alone", words=WORD)
    wrong = clinician.send(f"{talk}/ending", status=200, keeping="with_code", code_card="K7TW-92BD-X")
    assert "Nobody here has exactly this code" in text_of(wrong) or "No card of ours" in text_of(wrong)
    none = clinician.send(f"{talk}/ending", status=200, keeping="with_code")
    assert "Show or type the code first" in text_of(none)
    assert end(clinician, talk, "with_code", code_card=code).endswith("/saved")

    again = begin(clinician, "nothing")
    answer(clinician, again, "strengths", chosen=["tests_first"])
    assert end(clinician, again, "with_code", code_card=code).endswith("/saved")
    third = begin(clinician, "nothing")
    answer(clinician, third, "alone", words="today")
    version = hidden(clinician.page(f"{third}/ending"), "version")
    looked = clinician.send(f"{third}/ending", status=303, keeping="with_code", code_card=code, version=version)
    assert looked.headers["Location"] == f"{third}/ending"  # the plan of then came with it: both look at it first
    assert "look at it once more" in text_of(clinician.page(f"{third}/ending"))
    assert forget_participant(participant.public_id, by=make_actor("programme_lead", sites=(site.id,)))
    told = clinician.send(f"{third}/ending", status=200, keeping="with_code", version=version)
    assert "leads to nobody here any more" in text_of(told) and db.session.scalars(select(Conversation)).all() == []
    assert draft_of(clinician).earlier is None and draft_of(clinician).answers["alone"].words == "today"
    told = clinician.send(f"{third}/ending", status=200, keeping="with_code", version=version)
    assert "Show or type the code first" in text_of(told) and 'name="code_card"' in told.get_data(as_text=True)
    assert "Your plan number" in clinician.page(end(clinician, third, "without_code"))
    [left] = db.session.scalars(select(Conversation))
    assert left.participant_id is None


def test_a_conversation_that_cannot_be_saved_stays_open(clinician):
    talk = begin(clinician, "without_code")
    for card in EIGHT:
        answer(clinician, talk, card, words=f"{card} " + "x" * 1900)
    version = hidden(clinician.page(f"{talk}/ending"), "version")
    pages = db.session.scalar(text("PRAGMA page_count"))
    db.session.execute(text(f"PRAGMA max_page_count={pages}"))
    full = clinician.send(f"{talk}/ending", status=503, keeping="without_code", version=version)
    assert "disk of the server is full" in text_of(full)
    assert db.session.scalars(select(ConversationVersion)).all() == []
    db.session.execute(text("PRAGMA max_page_count=1000000"))
    assert end(clinician, talk, "without_code").endswith("/saved")
    assert len(db.session.scalars(select(CardAnswer)).all()) == len(EIGHT)
    assert db.session.scalars(select(CardChoice)).all() == []


def test_an_invitation_that_is_not_taken_up_leaves_nothing(clinician, site):
    before = dump()
    page = clinician.page(BEGIN)
    assert "Not today" in page and "Your supplies are the same" in page
    twice = {"form_id": hidden(page, "form_id"), "site": hidden(page, "site"), "keeping": "nothing"}
    assert len({clinician.send(BEGIN, status=303, **twice).headers["Location"] for _ in range(2)}) == 1
    assert draft_of(clinician).keeping is Keeping.NOTHING
    clinician.send(BEGIN, status=200)  # no button of these
    assert dump() == before
    set_values({"talk_limits": "We must report harm to a child."}, by=SYSTEM)
    assert "We must report harm to a child." in clinician.page(BEGIN)


def test_cards_that_change_meanwhile_change_nothing_in_a_conversation_that_runs(clinician, site):
    me = signed_in_as(clinician.account.id)
    fewer = replace(release_set(), cards=release_set().cards[:3])
    old = drafts.begin_draft(a_draft(site, by=me, cards=fewer), by=me)
    talk = f"/conversations/now/{old.draft_id}"
    page = clinician.page(talk)
    assert page.count("deck-card") == 3 and "goes on with those it began with" in page
    answer(clinician, talk, "strengths", words=WORD)
    end(clinician, talk, "without_code")
    assert db.session.scalars(select(ConversationVersion)).one().card_set.fingerprint == digest_of(fewer)
