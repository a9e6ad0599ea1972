"""Edit the programme's lists of services, tests and topics."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions.care import save_activity
from harmreduction.encounters.forms.care import ActivityForm
from harmreduction.encounters.models import Activity
from harmreduction.encounters.queries.care import get_activity, list_activities
from harmreduction.encounters.rules.care import ACTIVITY_KINDS
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("activities", __name__, url_prefix="/activities")


@bp.get("/")
@requires(Permission.SHAPE_QUESTIONS)
def list_all() -> ResponseReturnValue:
    """Show the lists."""
    listed = list_activities(only_active=False)
    lists = [
        (kind.value, say(text), [activity for activity in listed if activity.kind == kind.value])
        for kind, text in ACTIVITY_KINDS.items()
    ]
    return render_template("encounters/activities.html", lists=lists)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def new() -> ResponseReturnValue:
    """Add a line."""
    return _edit(ActivityForm(), None)


@bp.route("/<uuid:activity_id>", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def edit(activity_id: UUID) -> ResponseReturnValue:
    """Rename a line, move it, or take it out of use."""
    activity = get_activity(str(activity_id))
    return _edit(ActivityForm(obj=activity), activity)


def _edit(form: ActivityForm, activity: Activity | None) -> ResponseReturnValue:
    """Show or save one line."""
    if form.validate_on_submit():
        save_activity(activity.public_id if activity else form.form_id.data, form.activity(), by=current_actor())
        flash(_("Saved."), "good")
        return redirect(url_for(".list_all"))
    return render_template("encounters/activity_edit.html", form=form, activity=activity)
