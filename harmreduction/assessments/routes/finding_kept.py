"""Find conversations that were kept: by somebody's code, or by the number on their paper."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from harmreduction.assessments.forms.kept import PlanNumberForm
from harmreduction.assessments.queries.kept import find_by_plan_number, list_kept_of
from harmreduction.core import clock
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.participants.actions.lookups import count_lookup, count_miss
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.participants.rules.codes import TooManyLookups
from harmreduction.web.access import current_actor, requires

bp = Blueprint("finding_kept", __name__)


@bp.get("/participants/<uuid:participant_id>/conversations")
@requires(Permission.HOLD_CONVERSATIONS)
def of_participant(participant_id: UUID) -> ResponseReturnValue:
    """List the conversations of a participant at own sites, and begin another."""
    participant = get_participant_of(current_actor(), str(participant_id))
    note_seen(participant, by=current_actor())
    kept = list_kept_of(current_actor(), participant)
    return render_template("assessments/list_by_code.html", participant=participant, kept=kept)


@bp.route("/conversations/find", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def by_number() -> ResponseReturnValue:
    """Find a plan by the number on its paper, which therefore stands in no address; each try counts as a look-up."""
    form, by = PlanNumberForm(), current_actor()
    if not form.validate_on_submit():
        return render_template("assessments/find.html", form=form)
    try:
        count_lookup(by=by, at=clock.now())
    except TooManyLookups as problem:
        form.fail(problem, form.plan_number)
        return render_template("assessments/find.html", form=form), 429
    found = find_by_plan_number(by, form.plan_number.data or "")
    if found is not None:
        return redirect(url_for("kept_conversations.show", conversation_id=found.public_id))
    count_miss(by=by)
    nothing = message("No plan of your sites has this number. Look at every letter and digit again.")
    form.fail(NotFound(nothing), form.plan_number)
    return render_template("assessments/find.html", form=form)
