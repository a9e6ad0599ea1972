"""What conversations left open: a list by date, and a page to bring each to its end."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.assessments.actions import loops as actions
from harmreduction.assessments.forms.loops import LoopForm
from harmreduction.assessments.queries import loops as queries
from harmreduction.assessments.rules.loops import LOOP_ENDS, LOOP_KINDS, CannotFollowUp
from harmreduction.core import clock
from harmreduction.core.errors import OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.referrals.words import need_name, state_name
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("conversation_loops", __name__, url_prefix="/conversations/loops")


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
def list_open() -> ResponseReturnValue:
    """Show everything that is open, by date."""
    number, today = page_number(), clock.today(current_settings().time_zone)
    rows = queries.list_open(current_actor(), today=today, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    page = page_of(rows, number)
    return render_template("assessments/loops.html", page=page, kinds=LOOP_KINDS, need_name=need_name)


@bp.route("/<uuid:loop_id>", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def end(loop_id: UUID) -> ResponseReturnValue:
    """Show one, with what was agreed, and bring it to its end or to another day."""
    form, one = LoopForm(), queries.get_one(current_actor(), str(loop_id))
    if form.validate_on_submit() and form.is_answered:
        try:
            return _tell(str(loop_id), form)
        except OutOfDate as problem:
            form.fail(problem)
        except CannotFollowUp as problem:
            form.fail(problem, form.due_on)
    if not form.is_submitted():
        form.due_on.process_data(one.loop.due_on)
        actions.note_seen(one, by=current_actor())
        one = queries.get_one(current_actor(), str(loop_id))
    words = {"kinds": LOOP_KINDS, "ends": LOOP_ENDS, "state_name": state_name}
    return render_template("assessments/loop.html", form=form, one=one, **words)


def _tell(loop_id: str, form: LoopForm) -> Response:
    """Save how it went, and go back to the list."""
    if form.ended is None:
        actions.move_loop(loop_id, form.due_on.data, by=current_actor(), at=clock.now())
        flash(_("Saved. It stays open."), "good")
    else:
        actions.end_loop(loop_id, form.ended, by=current_actor(), at=clock.now())
        flash(_("Saved. It is off the list."), "good")
    return redirect(url_for(".list_open"), 303)
