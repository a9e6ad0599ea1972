"""Forget a person, on the page that says what goes and what stays."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.retention import actions
from harmreduction.retention.forms import ForgetForm
from harmreduction.web.access import current_actor, requires

bp = Blueprint("forget", __name__)


@bp.route("/participants/<uuid:participant_id>/forget", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
def ask(participant_id: UUID) -> ResponseReturnValue:
    """Say what goes and what stays, and forget a participant when that is pressed."""
    form = ForgetForm()
    if form.validate_on_submit():
        is_overwritten = actions.forget_participant(str(participant_id), by=current_actor())
        flash(_("Forgotten. Their code leads to nothing any more."), "good")
        if not is_overwritten:
            flash(_("The disk still holds traces, because somebody was reading. They go within a day."), "wait")
        return redirect(url_for("codes.look_up"))
    participant = get_participant_of(current_actor(), str(participant_id))
    note_seen(participant, by=current_actor())
    return render_template("retention/forget.html", participant=participant, form=form)
