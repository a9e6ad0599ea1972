"""What a browser sends is cleaned of signs that no database takes, before anybody reads it."""

import io

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from harmreduction.core.db import db
from harmreduction.sites.models import Site
from harmreduction.web.cleaned import Cleaned
from tests.factories import make_site
from tests.pages import text_of

TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@given(st.text())
def test_no_control_character_is_left_and_nothing_else_is_changed(text):
    cleaned, kept = Cleaned([("note", text)])["note"], text.translate(TURNS)
    assert "\x00" not in cleaned
    assert len(cleaned) == len(kept)
    assert all(after == before for before, after in zip(kept, cleaned, strict=True) if after != " ")


def test_a_lot_number_that_was_turned_around_is_the_one_that_it_looks_like():
    assert Cleaned([("lot_number", "\u202eNX26\u202c\u2066A02\u2069")])["lot_number"] == "NX26A02"


def test_lines_of_a_note_stay_and_signs_of_any_language_too():
    note = "Línea uno\r\nالسطر الثاني\tmás 🙂"
    assert Cleaned([("note", note)])["note"] == note


def test_a_file_stays_as_it_is():
    file = FileStorage(io.BytesIO(b"\x00\x01"), "totals.csv")
    assert Cleaned([("file", file)])["file"] is file


def test_a_name_with_a_zero_byte_is_stored_with_a_space(sign_in_as):
    sam = sign_in_as("administrator")
    sam.send("/sites/new", name="Night\x00van", kind="mobile", time_zone="America/New_York")
    assert db.session.query(Site.name).scalar() == "Night van"


def test_a_zero_byte_in_an_address_finds_nothing_and_breaks_nothing(sign_in_as):
    maya = sign_in_as("outreach_worker", sites=(make_site().id,))
    assert "Saved" not in text_of(maya.page("/hand-out?saved=%00"))
