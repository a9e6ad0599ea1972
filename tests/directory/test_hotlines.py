"""Lines to call: a starting list that nobody has checked yet, kept by the programme."""

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.directory.actions.hotlines import change_hotline, load_hotlines
from harmreduction.directory.models import Hotline
from harmreduction.directory.queries.hotlines import list_hotlines
from harmreduction.directory.rules.hotlines import HotlineChange, HotlineKind, UnusableLine, check_line
from tests.factories import SYSTEM, TIME_ZONE
from tests.pages import text_of

FIELDS = {"name": "Our line", "kind": "local", "position": "5", "is_active": "y"}


def line(name="Never Use Alone"):
    return db.session.scalars(select(Hotline).where(Hotline.name == name)).one()


def test_the_starting_list_is_there_unchecked_and_loaded_once(database):
    count = db.session.scalar(select(func.count(Hotline.id)))
    assert count == 7 and load_hotlines() == 0
    assert all(hotline.verified_on is None and hotline.source for hotline in list_hotlines())
    assert list_hotlines()[0].kind == HotlineKind.NEVER_USE_ALONE


def test_what_a_programme_changed_is_never_loaded_over(database):
    changed = HotlineChange(name="Renamed", kind=HotlineKind.OTHER, phone="410-555-0100", is_active=False)
    change_hotline(line().public_id, changed, by=SYSTEM)
    assert load_hotlines() == 0
    assert (line("Renamed").phone, len(list_hotlines())) == ("410-555-0100", 6)


def test_anybody_reads_the_lines_and_sees_that_nobody_checked_them(client):
    words = text_of(client.page("/find/hotlines"))
    assert "1-877-696-1996" in words and "988" in words
    assert "were not checked yet by this programme" in words


def test_one_tap_says_that_a_line_works_until_its_number_changes(sign_in_as):
    lead = sign_in_as("programme_lead")
    public_id = line().public_id
    lead.send(f"/directory/hotlines/{public_id}/confirm")
    assert line().verified_on == today(TIME_ZONE)
    fields = FIELDS | {"kind": "never_use_alone", "phone": "1-877-696-1996", "url": "https://neverusealone.com"}
    lead.send(f"/directory/hotlines/{public_id}", **fields)
    assert line("Our line").verified_on == today(TIME_ZONE)
    lead.send(f"/directory/hotlines/{public_id}", **fields | {"phone": "410-555-0100"})
    assert line("Our line").verified_on is None


def test_a_lead_adds_a_line_once(sign_in_as):
    lead = sign_in_as("programme_lead")
    page = lead.page("/directory/hotlines/new")
    form_id = page.partition('name="form_id"')[2].partition('value="')[2].partition('"')[0]
    for _twice in range(2):
        lead.send("/directory/hotlines/new", **FIELDS, form_id=form_id, text_number="410-555-0100")
    assert line("Our line").text_number == "410-555-0100"
    assert "Our line" in text_of(lead.page("/directory/hotlines"))
    assert "Our line" in text_of(lead.page("/find/hotlines"))


@pytest.mark.parametrize("reach", [{}, {"phone": "911", "url": "javascript:alert(1)"}, {"url": "ftp://example.org"}])
def test_a_line_that_nobody_could_reach_gets_a_sentence(sign_in_as, reach):
    with pytest.raises(UnusableLine):
        check_line(HotlineChange(name="x", kind=HotlineKind.OTHER, **reach))
    lead = sign_in_as("programme_lead")
    words = text_of(lead.send("/directory/hotlines/new", status=200, **FIELDS, **reach))
    assert "Enter a number to call" in words or "must begin with https://" in words
    assert db.session.scalar(select(func.count(Hotline.id))) == 7


def test_markup_in_a_line_is_text(sign_in_as):
    lead = sign_in_as("programme_lead")
    lead.send(
        "/directory/hotlines/new", **FIELDS | {"name": "<script>x</script>%(n)s"}, about="{{ 7777*7777 }}", phone="911"
    )
    for page in ("/find/hotlines", "/directory/hotlines"):
        html = lead.page(page)
        assert "<script>x" not in html and "&lt;script&gt;x" in html and "60481729" not in text_of(html)


def test_who_may_not_edit_the_lines_is_refused(sign_in_as):
    sign_in_as("outreach_worker").page("/directory/hotlines", status=403)
