"""What several pages of referrals do: open one, and show a problem where it is."""

from uuid import UUID

from flask import request

from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.following import CannotRefer
from harmreduction.web.access import SAFE_METHODS, current_actor
from harmreduction.web.forms import Form


def open_referral(referral_id: UUID) -> Referral:
    """Return the referral that a page is about; looking at it is written down."""
    referral = queries.get_referral(current_actor(), str(referral_id))
    if request.method in SAFE_METHODS:
        actions.note_seen(referral, by=current_actor())
    return referral


def show_problem(form: Form, problem: CannotRefer) -> None:
    """Show a problem at its field, or above the form where the form has no such field."""
    fields = {field.name: field for field in form}
    form.fail(problem, fields.get(problem.about))
