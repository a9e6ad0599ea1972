"""Believable reversal reports for tests; nobody is named."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from harmreduction.accounts.models import SignInThrottle
from harmreduction.audit.models import AuditEntry
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now, today
from harmreduction.core.db import Base, db, new_id, transaction
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.rules.naloxone import Fate, Source, Talk
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.reversals import actions
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, Happened, NewReport
from harmreduction.settings.actions import set_values
from harmreduction.sites.models import Site
from tests.factories import SYSTEM, TIME_ZONE
from tests.participants.stories import make_participant

TOLD: frozenset[tuple[str, str]] = frozenset(
    {("gave", "friend"), ("called_911", "no"), ("why_not_911", "police"), ("did", "breaths"), ("police", "took_kit")}
)


def a_start(site: Site, **changes: Any) -> VisitStart:
    """Return a visit that begins at a site."""
    return VisitStart(**({"visit_id": new_id(), "site_id": site.id, "time_zone": site.time_zone} | changes))


def a_talk(site: Site, *, by: Actor = SYSTEM, visit: VisitStart | None = None, **told: Any) -> Talk:
    """Record a talk about naloxone in which a kit was used on someone, and return it."""
    said: dict[str, Any] = {"previous_fate": Fate.USED_ON_SOMEONE, "previous_source": Source.THIS_PROGRAMME} | told
    talk = Talk(client_id=new_id(), visit=visit or a_start(site), **said)
    record_talk(talk, by=by, at=now())
    return talk


def today_here(days: int = 0) -> Happened:
    """Return that it was today, or so many days ago."""
    return Happened(exactness=Exactness.DAY, on=today(TIME_ZONE) - timedelta(days=days))


def new_report(site: Site | None, **told: Any) -> NewReport:
    """Return a report as staff would send it."""
    fields: dict[str, Any] = {
        "client_id": new_id(),
        "site_id": site.id if site else None,
        "happened": today_here(),
        "place": "street",
        "outcome": Outcome.OK,
        "doses": 2,
        "answers": TOLD,
    } | told
    return NewReport(**fields)


def make_report(site: Site, *, by: Actor = SYSTEM, **told: Any) -> ReversalReport:
    """Write a report of staff down."""
    reported = actions.report_reversal(new_report(site, **told), by=by, at=now())
    return read(reported.report_id)


def make_public_report(**told: Any) -> ReversalReport:
    """Let somebody who is not known send a report; the slowing down begins anew with it."""
    forget_tries()
    reported = actions.report_publicly(new_report(None, **told), at=now())
    return read(reported.report_id)


def open_public_page() -> None:
    """Let anybody tell that naloxone was used."""
    set_values({"takes_public_reversals": "yes"}, by=SYSTEM)


def reversal_things(site: Site) -> dict[str, str]:
    """Record a talk and a report of somebody with a code at a site, and return how addresses name both."""
    talk = a_talk(site, visit=a_start(site, participant_id=make_participant(site).id))
    report = make_report(site, visit=talk.visit, talk_id=talk.client_id, note="asked for two kits")
    return {"report_id": report.public_id, "talk_id": talk.client_id}


def read(public_id: str) -> ReversalReport:
    """Return a report as the database has it now."""
    db.session.rollback()
    return db.session.scalars(select(ReversalReport).where(ReversalReport.public_id == public_id)).one()


def told_by(report: ReversalReport) -> set[tuple[str, str]]:
    """Return the answers of a report."""
    return {(told.question, told.answer) for told in report.answers}


def forget_tries() -> None:
    """Start counting public reports anew."""
    with transaction():
        db.session.execute(db.delete(SignInThrottle))


def count(model: type[Base]) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def events(name: str) -> list[AuditEntry]:
    """Return the entries of the audit trail about one kind of deed."""
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.event == name).order_by(AuditEntry.id)))


def every_cell() -> str:
    """Return everything that is in the database, as one text."""
    db.session.rollback()
    return "\n".join(
        f"{table.name}: {tuple(row)}"
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table))
    )
