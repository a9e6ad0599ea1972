"""Past totals come in whole or not at all, once however often they are sent, and never touch the ledger."""

import io
from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.core.spreadsheets import CannotRead
from harmreduction.reports import actions, queries
from harmreduction.reports.history import CannotMatch, Matching, guess_uses
from harmreduction.reports.models import PastImport, PastTotal, StagedHistory
from harmreduction.reports.preview import Effect, Preview
from harmreduction.reports.queries import files
from harmreduction.stock.models import StockMovement
from tests.factories import SYSTEM, item, make_actor, make_site

pytestmark = pytest.mark.usefixtures("database")

FILE = """site,month,given,returned
Union St,2019-01,"6,175",5625
Union St,2019-02,13960,
NA,2019-01,1610,1540
"""


def bring_in(text: str = FILE, *, uses: str = "", sites: dict[str, str] | None = None) -> Preview:
    header = text.partition("\n")[0].split(",")
    matching = Matching(uses=tuple(uses.split()) or guess_uses(header), sites=sites or {})
    return actions.import_history(io.BytesIO(text.encode()), matching, by=SYSTEM, at=now()).preview


def stored() -> list[tuple[str, str, str, int]]:
    rows = (row for row in db.session.scalars(select(PastTotal).order_by(PastTotal.id)))
    return [(row.site_label, f"{row.month:%Y-%m}", row.measure, row.quantity) for row in rows]


def stage(actor: Actor, text: str = FILE) -> str:
    return actions.stage_history(text.encode(), by=actor, at=now())


def seen_by(actor: Actor, staged_id: str) -> str:
    return Matching.from_stored(queries.get_staged_of(actor, staged_id).matching).fingerprint


def test_a_file_comes_in_and_what_was_not_recorded_stays_absent() -> None:
    preview = bring_in()

    assert preview.effects == {Effect.NEW: 5, Effect.CHANGED: 0, Effect.UNCHANGED: 0}
    assert stored() == [
        ("Union St", "2019-01", "syringes_given", 6175),
        ("Union St", "2019-01", "syringes_returned", 5625),
        ("Union St", "2019-02", "syringes_given", 13960),
        ("", "2019-01", "syringes_given", 1610),
        ("", "2019-01", "syringes_returned", 1540),
    ]


def test_the_stock_ledger_is_never_touched(database: SQLAlchemy) -> None:
    bring_in()

    assert database.session.scalar(select(func.count()).select_from(StockMovement)) == 0


def test_the_same_file_twice_changes_nothing(database: SQLAlchemy) -> None:
    bring_in()
    before = stored()

    again = bring_in()

    assert again.effects == {Effect.NEW: 0, Effect.CHANGED: 0, Effect.UNCHANGED: 5}
    assert stored() == before
    assert database.session.scalar(select(func.count()).select_from(PastImport)) == 1


def test_a_corrected_file_changes_only_what_is_different(database: SQLAlchemy) -> None:
    bring_in()

    corrected = bring_in(FILE.replace("13960", '"13,961"') + "East,2019-03,7,7\n")

    assert corrected.effects == {Effect.NEW: 2, Effect.CHANGED: 1, Effect.UNCHANGED: 4}
    assert ("Union St", "2019-02", "syringes_given", 13961) in stored()
    last = database.session.scalars(select(PastImport).order_by(PastImport.id.desc())).first()
    assert last is not None
    assert (last.new_totals, last.changed_totals, last.unchanged_totals) == (2, 1, 4)


def test_bad_rows_stay_out_and_good_ones_come_in(database: SQLAlchemy) -> None:
    preview = bring_in(FILE + "Union St,2019-03,-1,\nUnion St,2019-01,1,\n,,,\n")

    assert (preview.accepted, preview.refused, preview.skipped) == (3, 2, 1)
    assert len(stored()) == 5
    assert database.session.scalars(select(PastImport.refused_rows)).one() == 2


def test_a_label_with_the_name_of_a_site_is_that_site_unless_told_otherwise(database: SQLAlchemy) -> None:
    site, other = make_site("Union St"), make_site("Riverside")

    bring_in()
    assert set(database.session.scalars(select(PastTotal.site_id))) == {site.id, None}

    moved = bring_in(sites={"Union St": other.public_id})
    assert moved.effects[Effect.CHANGED] == 3
    assert set(database.session.scalars(select(PastTotal.site_id))) == {other.id, None}

    bring_in(sites={"Union St": ""})
    assert set(database.session.scalars(select(PastTotal.site_id))) == {None}


def test_a_file_without_a_site_column_can_belong_to_one_site(database: SQLAlchemy) -> None:
    site = make_site()

    bring_in("month,given\n2019-01,5\n", sites={"": site.public_id})

    assert database.session.scalars(select(PastTotal.site_id)).one() == site.id


def test_a_column_can_count_one_item(database: SQLAlchemy) -> None:
    bring_in("month,boxes\n2019-01,5\n", uses="month item:naloxone-nasal-4")

    assert database.session.scalars(select(PastTotal.item_id)).one() == item("naloxone-nasal-4").id
    assert bring_in("month,boxes\n2019-01,5\n", uses="month item:naloxone-nasal-4").effects[Effect.UNCHANGED] == 1
    with pytest.raises(CannotMatch, match="no item"):
        bring_in("month,boxes\n2019-01,5\n", uses="month item:unheard-of")


def test_a_file_that_breaks_in_the_middle_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr("harmreduction.core.spreadsheets.LONGEST_LINE", 100)

    with pytest.raises(CannotRead):
        bring_in(FILE + "x" * 200)

    assert stored() == []


def test_who_brought_it_in_is_in_the_audit_trail(database: SQLAlchemy) -> None:
    bring_in()
    bring_in()

    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.event == "HISTORY_IMPORTED")).one()
    assert entry.subject == database.session.scalars(select(PastImport.public_id)).one()


def test_an_uploaded_file_waits_changes_nothing_and_goes_when_confirmed(database: SQLAlchemy) -> None:
    lead = make_actor("programme_lead")
    staged_id = stage(lead)
    assert stored() == []

    actions.confirm_history(staged_id, seen=seen_by(lead, staged_id), by=lead, at=now())

    assert len(stored()) == 5
    assert database.session.scalar(select(func.count()).select_from(StagedHistory)) == 0


def test_what_comes_in_is_what_was_on_the_page() -> None:
    lead = make_actor("programme_lead")
    staged_id = stage(lead)
    seen = seen_by(lead, staged_id)
    in_a_second_tab = Matching(uses=("site", "month", "syringes_returned", "ignore"), sites={})
    actions.match_history(staged_id, in_a_second_tab, by=lead)

    with pytest.raises(OutOfDate):
        actions.confirm_history(staged_id, seen=seen, by=lead, at=now())

    assert stored() == []


def test_one_file_waits_at_a_time_and_only_for_the_one_who_sent_it() -> None:
    lead, other = make_actor("programme_lead"), make_actor("programme_lead")
    first = stage(lead)
    second = stage(lead)

    for actor, staged_id in ((lead, first), (other, second)):
        with pytest.raises(NotFound):
            queries.get_staged_of(actor, staged_id)


def test_a_file_that_nobody_decides_on_is_gone_after_a_day(database: SQLAlchemy) -> None:
    lead = make_actor("programme_lead")
    stage(lead)

    actions.purge_staged(at=now() + timedelta(hours=23))
    assert database.session.scalar(select(func.count()).select_from(StagedHistory)) == 1
    actions.purge_staged(at=now() + timedelta(hours=25))
    assert database.session.scalar(select(func.count()).select_from(StagedHistory)) == 0


def test_what_is_no_table_is_not_held_back(database: SQLAlchemy) -> None:
    with pytest.raises(CannotRead, match="workbook"):
        actions.stage_history(b"PK\x03\x04", by=make_actor("programme_lead"), at=now())

    assert database.session.scalar(select(func.count()).select_from(StagedHistory)) == 0
