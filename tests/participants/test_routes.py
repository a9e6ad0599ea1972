"""The pages of codes: look up, begin, print, join; and nowhere a code that stays."""

import html
import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.participants.actions.cards import give_card
from harmreduction.participants.actions.merging import merge_participants
from harmreduction.participants.models import ParticipantCode
from harmreduction.participants.queries.people import ids_of_group
from harmreduction.participants.rules.codes import NewCard
from harmreduction.settings.actions import set_values
from harmreduction.settings.rules import grouped_code
from tests.factories import SYSTEM, hand_out, make_location, make_site
from tests.pages import hidden, text_of
from tests.participants.stories import (
    ANSWERS,
    PHRASE,
    allow_codes,
    begin,
    count_trail,
    draw_code,
    make_participant,
    make_participant_with_card,
    print_card,
    recipe,
    the_participant,
)

pytestmark = pytest.mark.usefixtures("database")
CODE = re.compile(r"\b[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]\b")
PARTS = {f"code_part_{name}": answer for name, answer in ANSWERS.items()}


@pytest.fixture
def north():
    allow_codes()
    return make_site("North")


@pytest.fixture
def worker(north, sign_in_as):
    return sign_in_as("outreach_worker", sites=(north.id,))


def look(client, *, status=200, do="card", **fields):
    """Send a look-up, and return the page or the redirect that answers."""
    return client.send("/codes/", status=status, do=do, **fields)


def answer(client, page, path, who, *, status=302):
    """Press a button of a page that follows a look-up."""
    return client.send(path, status=status, pending=html.unescape(hidden(page, "pending")), who=who)


def page_of(participant_id):
    """Return the address of a participant's page."""
    return f"/participants/{participant_id}"


def test_a_card_is_printed_begun_and_found_again_and_its_code_stands_nowhere_after(worker, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    printed = worker.send("/codes/cards/", status=200, count="3").text
    codes = CODE.findall(html.unescape(printed))
    assert len(set(codes)) == 3
    assert printed.count("<path") == 3
    card, blank, _spare = codes
    page = look(worker, code_card=card.lower()).text
    assert "Begin with this code here" in page and "No code" in page
    begun = answer(worker, page, "/codes/begin", "new")
    assert begun.location.startswith("/participants/")
    assert answer(worker, page, "/codes/begin", "new").location == begun.location  # tapped twice
    assert look(worker, status=302, code_card=card).location == begun.location
    participant = the_participant(begun.location.rpartition("/")[2])
    theirs = f"/codes/of/{participant.public_id}"
    worker.send(f"{theirs}/add", code_blank=blank)
    worker.send(f"{theirs}/add", code_own=PHRASE)
    assert look(worker, do="phrase", status=302, code_phrase=PHRASE.upper()).location == begun.location
    wrong = ("3" if card[0] != "3" else "4") + card[1:]
    near = look(worker, code_card=wrong).text
    assert answer(worker, near, "/codes/chosen", "0").location == begun.location
    pages = [page, near, *(worker.page(path) for path in ("/codes/", "/codes/forgot", theirs, begun.location))]
    written = " ".join([*pages, caplog.text, *capfd.readouterr(), *everything_stored()]).lower()
    for code in codes:
        for form in (code, code.replace("-", ""), code[:4]):
            assert form.lower() not in written
    assert PHRASE not in written
    assert count_trail("PARTICIPANT_SEEN", participant) > 0


def everything_stored():
    """Return every value of every table as text."""
    tables = MetaData()
    tables.reflect(db.engine)
    for table in tables.sorted_tables:
        if not table.name.startswith("finder_search"):
            for row in db.session.execute(select(table)):
                yield " ".join(map(str, row))


def test_answers_are_never_stored_or_shown_again(worker, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    marked = PARTS | {"code_part_first2": "Qxmarker", "code_part_parent2": "Zjmarker"}
    page = look(worker, do="first_time", **marked).text
    begun = answer(worker, page, "/codes/begin", "new")
    same = look(worker, do="first_time", **marked).text
    assert "Is it the same person?" in text_of(same)
    assert answer(worker, same, "/codes/chosen", "0").location == begun.location
    letter = answer(worker, same, "/codes/begin", "other", status=200)
    [drawn] = re.findall(r'code-signs-large">([B-Z])<', letter.text)
    which = look(worker, do="recipe", **marked).text
    assert set(re.findall(r"Letter ([A-Z])\b", which)) == {"A", drawn}
    assert answer(worker, which, "/codes/chosen", "0").location == begun.location
    near = look(worker, do="recipe", **(marked | {"code_part_month": "4"})).text
    assert "differs in a single sign" in near
    shown = map(without_ids, (page, same, letter.text, which, near))
    written = " ".join([*shown, caplog.text, *capfd.readouterr(), *everything_stored()])
    assert not re.search(r"marker|first2=|\bqx\b|\bzj\b", written.lower())


def test_a_code_of_another_site_reads_like_a_new_one_to_the_letter(worker, north, sign_in_as):
    elsewhere = sign_in_as("outreach_worker", sites=(make_site("South").id,))
    card, blank = make_participant_with_card(north)[1], print_card()
    begin(recipe(), north)
    known, new = (look(elsewhere, code_card=code).text for code in (card, blank))
    assert without_ids(known) == without_ids(new)
    known, new = (look(elsewhere, do="recipe", **PARTS, **more).text for more in ({}, {}))
    assert without_ids(known) == without_ids(new)
    other = PARTS | {"code_part_first2": "Zz"}
    assert without_ids(look(elsewhere, do="recipe", **other).text) == without_ids(known)
    assert answer(elsewhere, known, "/codes/begin", "new").location.startswith("/participants/")


def without_ids(page):
    """Return a page without what is random in it."""
    return re.sub(r'value="[^"]{30,}"', "", page)


def test_what_cannot_be_a_code_is_said_where_it_was_typed(worker, north):
    assert "nine signs" in text_of(look(worker, code_card="K7TW"))
    assert "No card of ours in use has this code" in text_of(look(worker, code_card=draw_code()))
    asked = look(worker, do="recipe", code_part_first2="He", code_part_month="13").text
    assert "A number from 1 to 12" in asked
    assert "Answer all questions but one" in text_of(look(worker, do="recipe", code_part_first2="He"))
    assert "three words or more" in text_of(look(worker, do="phrase", code_phrase="heron"))


def test_after_the_last_look_up_of_the_hour_the_page_says_how_to_go_on(worker, north):
    set_values({"lookups_per_hour": "5"}, by=SYSTEM)
    card = make_participant_with_card(north)[1]
    for _ in range(5):
        look(worker, status=302, code_card=card)
    for _ in range(3):
        stopped = look(worker, status=429, code_card=card)
        assert "Hand out without a code" in text_of(stopped)
    participant = make_participant(north)
    worker.send(f"/codes/of/{participant.public_id}/add", status=429, code_own=PHRASE)
    worker.send(f"/codes/of/{participant.public_id}/other", status=429, do="card", code_card=card)
    assert count_trail("LOOKUPS_STOPPED") == 1
    worker.page("/hand-out")


def test_a_page_that_is_old_or_of_somebody_else_begins_nothing(worker, north, sign_in_as):
    page = look(worker, code_card=print_card()).text
    colleague = sign_in_as("outreach_worker", sites=(north.id,))
    assert answer(colleague, page, "/codes/begin", "new").location == "/codes/"
    for pending in ("", "x", "QUJD"):
        assert worker.send("/codes/begin", pending=pending).location == "/codes/"
        assert worker.send("/codes/chosen", pending=pending, who="0").location == "/codes/"
    assert answer(worker, page, "/codes/chosen", "7").location == "/codes/"
    assert db.session.scalars(select(ParticipantCode.participant_id)).all() == [None]


def test_a_lost_card_ends_and_another_is_given_from_the_persons_page(worker, north):
    participant, lost = make_participant_with_card(north)
    theirs = f"/codes/of/{participant.public_id}"
    new = worker.send(f"{theirs}/card", status=200, form_id=new_id()).text
    assert "shown once" in new
    assert CODE.search(new)
    worker.send(f"{theirs}/end", ends="card")
    assert "ended" in worker.page(theirs)
    assert "No card of ours in use" in text_of(look(worker, code_card=lost))
    newest = worker.send(f"{theirs}/card", status=200, form_id=new_id()).text
    assert look(worker, status=302, code_card=CODE.findall(newest)[0]).location == page_of(participant.public_id)
    worker.send(f"{theirs}/end", ends="999999")
    made = worker.send("/codes/cards/new", status=200, form_id=new_id(), code_card=lost).text
    assert CODE.findall(made)[0] != grouped_code(lost)


def test_whoever_begins_here_looks_the_same_whether_another_site_knows_them_or_not(worker, north, sign_in_as):
    south = make_site("South")
    known = begin(recipe(), south, at=now() - timedelta(days=200))
    give_card(NewCard(client_id=new_id(), site_id=south.id, participant_id=known.participant_id), by=SYSTEM, at=now())
    merge_participants(known.participant_id, make_participant(south).public_id, by=SYSTEM, at=now())
    pages = []
    for answers in (PARTS, PARTS | {"code_part_first2": "Egret", "code_part_year2": "88"}):
        page = look(worker, do="recipe", **answers).text
        begun = answer(worker, page, "/codes/begin", "new").location
        person_id = begun.rsplit("/", 1)[1]
        pages.append([text_of(worker.page(path)) for path in (begun, f"/codes/of/{person_id}")])
    assert pages[0] == pages[1]
    assert "since" in sign_in_as("programme_lead").page(f"/codes/of/{known.participant_id}")


def test_to_learn_that_somebody_is_known_is_written_down_even_if_their_page_is_not_opened(worker, north):
    known = the_participant(begin(recipe(), north).participant_id)
    for do, more in (("first_time", {}), ("recipe", {"code_part_first2": "Haron"})):
        look(worker, do=do, **PARTS | more)
    worker.send(f"/codes/of/{make_participant(north).public_id}/other", status=200, do="recipe", **PARTS)
    assert count_trail("PARTICIPANT_SEEN", known) == 3


def test_two_codes_of_one_person_are_joined_and_parted_on_the_page(worker, north):
    first, second = make_participant(north), begin(recipe(), north)
    theirs = f"/codes/of/{first.public_id}"
    page = worker.send(f"{theirs}/other", status=200, do="recipe", **PARTS).text
    answer(worker, page, f"{theirs}/join", "0")
    assert look(worker, do="recipe", status=302, **PARTS).location == page_of(first.public_id)
    answer(worker, page, f"{theirs}/join", "0")
    shown = worker.page(theirs)
    assert "one person already" in shown and "Joined with another" in shown
    same = worker.send(f"{theirs}/other", status=200, do="recipe", **PARTS)
    assert "That is the same code" in text_of(same)
    worker.send(f"{theirs}/part", merged=second.participant_id)
    worker.send(f"{theirs}/part", merged=second.participant_id)
    assert look(worker, do="recipe", status=302, **PARTS).location == page_of(second.participant_id)
    assert len(ids_of_group(the_participant(first.public_id))) == 1
    nobody = worker.send(f"{theirs}/other", status=200, do="card", code_card=draw_code())
    assert "Nobody found" in text_of(nobody)


def test_volunteers_and_administrators_see_no_participant(worker, north, sign_in_as):
    participant = make_participant(north)
    volunteer = sign_in_as("volunteer", sites=(north.id,))
    for client in (volunteer, sign_in_as("administrator")):
        for path in ("/codes/", "/codes/cards/", f"/codes/of/{participant.public_id}", "/participants/"):
            client.page(path, status=403)
        client.send("/codes/", status=403, do="card", code_card=print_card())
    worker.page("/participants/", status=403)
    stranger = sign_in_as("outreach_worker", sites=(make_site("South").id,))
    stranger.page(f"/codes/of/{participant.public_id}", status=404)
    for deed in ("add", "end", "card", "join", "other", "part"):
        stranger.send(f"/codes/of/{participant.public_id}/{deed}", status=404)


def test_the_list_names_nobody_and_is_written_down(north, sign_in_as):
    lead = sign_in_as("programme_lead")
    assert "Nobody yet" in lead.page("/participants/")
    people = [make_participant(north) for _ in range(26)]
    listed = lead.page("/participants/")
    assert listed.count("Here since") == 25
    assert not CODE.search(listed)
    assert people[0].public_id in lead.page("/participants/?page=2")
    assert count_trail("PARTICIPANTS_LISTED") == 3


def test_a_programme_decides_on_codes_and_an_earlier_recipe_is_kept(sign_in_as):
    administrator, site = sign_in_as("administrator"), make_site()
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    assert "works without codes" in worker.page("/codes/")
    assert "Whoever knows these answers" in administrator.page("/settings/codes")
    fields = {"lookups_per_hour": "40", "card_words": " Heron House ", "uses_card_codes": "y", "uses_recipe_codes": "y"}
    refused = administrator.send("/settings/codes", status=200, **fields, parts=["month", "year2"])
    assert "three parts or more" in text_of(refused)
    administrator.send("/settings/codes", **fields, parts=["first2", "parent2", "month", "year2"])
    begun = begin(recipe(), site)
    administrator.send("/settings/codes", **fields, parts=["year2", "month", "day", "first2", "parent2"])
    found = look(worker, do="recipe", **PARTS, code_part_day="9").text
    assert "Did they have a code here before?" in found
    assert answer(worker, found, "/codes/chosen", "0").location == page_of(begun.participant_id)
    assert look(worker, do="recipe", status=302, **PARTS, code_part_day="9").location == page_of(begun.participant_id)
    printed = worker.send("/codes/cards/", status=200, count="1").text
    assert "<b>Heron House</b>" in printed
    assert "Heron House" not in worker.send("/codes/cards/", status=200, count="101").text.split("<main")[0]


def test_a_look_up_for_a_visit_joins_the_visit(worker, north):
    participant, card = make_participant_with_card(north)
    by = signed_in_as(worker.account.id)
    visit = hand_out(make_location(north), ("naloxone-nasal-4", 1), by=by).visit_id
    assert f'value="{visit}"' in worker.page(f"/codes/?visit={visit}")
    found = look(worker, code_card=card, visit=visit).text
    worker.send(f"/visits/{visit}/code", participant=hidden(found, "participant"))
    assert f"/visits/{visit}" in worker.page(page_of(participant.public_id))
    begun = answer(worker, look(worker, code_card=print_card(), visit=visit).text, "/codes/begin", "new", status=200)
    assert f'action="/visits/{visit}/code"' in begun.text
    look(worker, status=302, code_card=card, visit="../elsewhere")
