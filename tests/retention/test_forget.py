"""Somebody is forgotten: nothing of them is left anywhere, and the books still balance."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import String, inspect, select

from harmreduction.audit.models import AuditEntry
from harmreduction.cli import _differences
from harmreduction.core import encrypted_sqlite
from harmreduction.core.clock import now
from harmreduction.core.db import Base, db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.revisions import migrate_database
from harmreduction.encounters.models import Encounter, QueueEntry
from harmreduction.encounters.rules.queue import Wish
from harmreduction.participants.models import Participant, ParticipantSite
from harmreduction.participants.queries.people import find_participant
from harmreduction.referrals.models import Referral
from harmreduction.retention.actions import forget_participant
from harmreduction.reversals.models import ReversalReport
from harmreduction.stock.catalogue import load_catalogue
from tests.encounters.desk import arrive
from tests.factories import SYSTEM, days_from_now, make_actor, make_location, make_site, receive
from tests.instances import Instance, make_instance, opened
from tests.participants.stories import begin, draw_code, make_participant, print_card
from tests.retention.stories import (
    AREA,
    NOTE,
    REFERRAL_NOTE,
    REPORT_NOTE,
    digests_of,
    rows_of,
    somebody_known,
    visit_of,
)


@pytest.fixture
def unencrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """A programme whose database is not encrypted, so that its files show what is in them."""
    monkeypatch.setattr(encrypted_sqlite, "is_encrypting", lambda: False)
    instance = make_instance(tmp_path)
    with opened(instance.app):
        migrate_database()
        load_catalogue()
        yield instance


def bytes_on_disk(instance: Instance) -> bytes:
    """Return the database file, its log, and a fresh copy of it, one after the other."""
    copy = instance.config.instance / "copy.db"
    copy.unlink(missing_ok=True)
    with closing(encrypted_sqlite.driver().connect(instance.config.database_file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    files = sorted(instance.config.instance.glob("*.db*"))
    assert len(files) >= 3, "the database, its log, and the copy"
    return b"".join(file.read_bytes() for file in files)


def what_is_theirs(public_id: str) -> dict[str, bytes]:
    """Return what may be nowhere once somebody is forgotten, by what it is."""
    participant = find_participant(public_id)
    sealed = select(Encounter.note_sealed).where(Encounter.participant_id == participant.id)
    reach = select(Referral.reach_sealed).where(Referral.participant_id == participant.id)
    notes = [note for note in [*db.session.scalars(sealed), *db.session.scalars(reach)] if note]
    return {
        "public id": public_id.encode(),
        "an area": AREA.encode(),
        "an answer": b"two_spirit",
        **{f"digest {number}": digest.encode() for number, digest in enumerate(digests_of(participant))},
        **{f"note {number}": note for number, note in enumerate(notes)},
    }


def test_nothing_of_somebody_forgotten_is_left_in_the_file_its_log_or_a_copy(unencrypted: Instance) -> None:
    site = make_site()
    shelf = make_location(site)
    receive(shelf, 500)
    worker = make_actor("outreach_worker", sites=(site.id,))
    for _ in range(12):  # rows before and after, so that pages are parted and joined
        visit_of(make_participant(site), shelf, at=now(), note="about the weather")
    known = somebody_known(site, shelf, at=now(), by=worker)
    for _ in range(12):
        visit_of(make_participant(site), shelf, at=now(), note="about the weather")
    arrive(site, participant_id=known.participant.id)
    theirs = what_is_theirs(known.public_id)
    trail_id, called = known.participant.trail_id, known.participant.trail_today
    before = bytes_on_disk(unencrypted)
    assert {what for what, mark in theirs.items() if mark not in before} == set()
    assert not any(word.encode() in before for word in (NOTE, REPORT_NOTE, REFERRAL_NOTE)), "notes are sealed"

    assert forget_participant(known.public_id, by=worker)

    after = bytes_on_disk(unencrypted)
    assert {what for what, mark in theirs.items() if mark in after} == set()
    assert (where(called), where(trail_id)) == ({"audit_entry.subject"}, set())
    assert list(_differences(None, lambda _done: None)) == []


def where(text: str) -> set[str]:
    """Return every column of the database in which a text stands."""
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    texts = [column for column in columns if isinstance(column.type, String)]
    return {
        str(column) for column in texts if db.session.scalar(select(column).where(column == text).limit(1)) is not None
    }


def test_what_was_handed_out_stays_and_belongs_to_nobody(database) -> None:
    site = make_site()
    shelf = make_location(site)
    receive(shelf, 50)
    known = somebody_known(site, shelf, at=now())
    other = somebody_known(site, shelf, at=now())
    arrive(site, participant_id=known.participant.id, wish=Wish.WOUND_CARE)
    counted = sorted(rows_of(Encounter, "id", "occurred_at", "number_of_others", "recorded_at"))

    forget_participant(known.public_id, by=SYSTEM)

    assert sorted(rows_of(Encounter, "id", "occurred_at", "number_of_others", "recorded_at")) == counted
    left = set(rows_of(Encounter, "participant_id"))
    assert left == {(None,), (other.participant.id,)}
    with_note = db.session.scalars(select(Encounter.public_id).where(Encounter.note_sealed.is_not(None))).all()
    assert sorted(with_note) == sorted(other.visits)
    [mine, theirs] = db.session.scalars(select(Referral).order_by(Referral.id)).all()
    assert (mine.participant_id, mine.reach_sealed, mine.reach_by, mine.may_contact) == (None, None, None, None)
    assert mine.slip_number == known.referral.slip_number, "it is under way, and the slip is in their hand"
    assert (theirs.participant_id, theirs.reach_sealed is None) == (other.participant.id, False)
    reports = db.session.scalars(select(ReversalReport).where(ReversalReport.state == "counted")).all()
    assert sorted((r.participant_id, r.encounter_id is None, r.note_sealed is None) for r in reports if r.encounter_id)
    parted = [r for r in reports if r.encounter_id is None]
    assert [(r.participant_id, r.talk_id, r.note_sealed, r.outcome) for r in parted] == [(None, None, None, "ok")]
    assert rows_of(QueueEntry, "participant_id", "wish") == [(None, None)]
    assert rows_of(Participant, "id") == [(other.participant.id,)]


def test_everybody_who_was_merged_goes_at_once_at_every_site(database) -> None:
    north, south = make_site("North"), make_site("South")
    shelf = make_location(north)
    person, merged, chained = (make_participant(north) for _ in range(3))
    stranger = make_participant(north)
    with transaction():
        for one, other in ((merged, person), (chained, merged)):
            db.session.merge(one).merged_into_id = other.id
            db.session.merge(one).merged_at = now()
        db.session.add(ParticipantSite(participant_id=chained.id, site_id=south.id, since=days_from_now(0)))
    visit_of(chained, shelf, at=now())

    forget_participant(person.public_id, by=make_actor("outreach_worker", sites=(north.id,)))

    assert rows_of(Participant, "id") == [(stranger.id,)]
    assert rows_of(ParticipantSite, "participant_id") == [(stranger.id,)]
    assert rows_of(Encounter, "participant_id") == [(None,)]


def test_nothing_points_to_somebody_forgotten_whatever_table_a_feature_adds(database) -> None:
    """A new table with a foreign key to participants fails here until its feature has an eraser."""
    site = make_site()
    shelf = make_location(site)
    known = somebody_known(site, shelf, at=now())
    arrive(site, participant_id=known.participant.id)
    pointing = [
        (table, key.parent)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is Participant.__table__.columns["id"] and key.parent.name == "participant_id"
    ]
    mine = known.participant.id
    untold = {
        table.name
        for table, column in pointing
        if db.session.scalar(select(column).where(column == mine).limit(1)) is None
    }
    assert untold <= {"journey_mark", "journey_barrier"}, "let somebody_known() put something into these tables"
    forget_participant(known.public_id, by=SYSTEM)
    left = {
        table.name for table, column in pointing if db.session.scalar(select(column).where(column == mine).limit(1))
    }
    assert left == set()
    assert inspect(db.engine).has_table("participant")


def test_only_those_who_may_look_at_somebody_can_forget_them(database, sign_in_as) -> None:
    north, south = make_site("North"), make_site("South")
    participant = make_participant(north)
    public_id, called = participant.public_id, participant.trail_today
    address = f"/participants/{participant.public_id}/forget"
    with pytest.raises(NotFound):
        forget_participant(participant.public_id, by=make_actor("outreach_worker", sites=(south.id,)))
    sign_in_as("outreach_worker", sites=(south.id,)).page(address, status=404)
    sign_in_as("volunteer", sites=(north.id,)).page(address, status=403)

    browser = sign_in_as("outreach_worker", sites=(north.id,))
    assert "What stays, and belongs to nobody" in browser.page(address)
    answer = browser.send(address)
    assert answer.status_code == 302
    assert find_participant(public_id) is None
    browser.page(address, status=404)
    events = rows_of(AuditEntry, "event", "subject")
    assert ("PARTICIPANT_FORGOTTEN", called) in events
    assert public_id not in {subject for _event, subject in events}


def test_a_lost_card_of_somebody_forgotten_leads_to_nothing(database) -> None:
    site = make_site()
    code = print_card()
    begun = begin(code, site)
    forget_participant(begun.participant_id, by=SYSTEM)
    assert rows_of(Participant, "id") == []
    assert draw_code() != code
    assert str(UUID(begun.participant_id))
