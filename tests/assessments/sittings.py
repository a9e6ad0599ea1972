"""Conversations that run, for tests: begun for a clinician, with a plan from the menu; every word here is made up."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from harmreduction.accounts.rules import SignedIn
from harmreduction.assessments import drafts
from harmreduction.assessments.card_sets import release_set
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Draft, Keeping
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db, new_id
from harmreduction.sites.models import Site
from tests.assessments.talks import a_draft


def begun(site: Site, by: SignedIn, *steps: str, **said: Any) -> Draft:
    """Begin a conversation whose plan has these steps of the menu."""
    fields = {"keeping": Keeping.NOTHING, "steps": a_plan(*steps)} | said
    return drafts.begin_draft(a_draft(site, by=by, **fields), by=by)


def a_plan(*steps: str) -> tuple[PlanStep, ...]:
    """Return lines of a plan that were chosen from the menu."""
    return tuple(PlanStep(step_id=new_id(), domain=release_set().steps[code].domain, option=code) for code in steps)


def decided(draft: Draft, *, by: SignedIn, **said: Any) -> Draft:
    """Say what becomes of a conversation."""
    return drafts.change_draft(draft.draft_id, lambda draft: replace(draft, **said), by=by)


def in_trail(event: str, subject: str) -> int:
    """Return how often something was done to a thing, by its public id."""
    done = select(func.count()).select_from(AuditEntry)
    return db.session.scalar(done.where(AuditEntry.event == event, AuditEntry.subject == subject)) or 0
