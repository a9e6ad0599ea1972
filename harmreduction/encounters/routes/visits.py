"""One visit: what happened on it so far, and the way to everything else that can be recorded there."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters import actions, queries
from harmreduction.encounters.forms import DetailsForm
from harmreduction.encounters.forms.visits import JoinForm
from harmreduction.encounters.queries.coverage import coverage_on
from harmreduction.encounters.queries.hub import get_whole_visit
from harmreduction.encounters.queries.queue import find_entry_of_visit
from harmreduction.encounters.routes.pages import can_undo, just_saved, show_problem
from harmreduction.encounters.rules.visits import NotEmpty
from harmreduction.encounters.words import activity_words, talk_facts
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import TooManyLookups, UnusableCode
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("visits", __name__, url_prefix="/visits/<uuid:visit_id>")


@bp.get("")
@requires(Permission.LOG_DISTRIBUTIONS)
def show(visit_id: UUID) -> ResponseReturnValue:
    """Show a visit whole."""
    whole = get_whole_visit(current_actor(), str(visit_id))
    if whole.participant is not None:
        note_seen(whole.participant, by=current_actor())
    saved = just_saved()
    return render_template(
        "encounters/visit.html",
        whole=whole,
        visit=whole.visit,
        coverage=coverage_on(current_actor(), whole.visit, clock.now()),
        ticket=find_entry_of_visit(whole.visit.id),
        saved=saved,
        was_saved="saved" in request.args,
        can_undo=saved is not None and can_undo(saved),
        talk_facts=talk_facts,
        activity_words=activity_words,
    )


@bp.route("/details", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def details(visit_id: UUID) -> ResponseReturnValue:
    """Add what was told or seen on a visit."""
    visit = queries.get_visit_of(current_actor(), str(visit_id))
    form = DetailsForm(data=queries.details_as_entered(visit))
    then = (
        url_for(".show", visit_id=visit_id) if request.args.get("then") == "visit" else url_for("encounters.hand_out")
    )
    if form.validate_on_submit():
        try:
            actions.add_details(str(visit_id), form.details(), by=current_actor())
            flash(_("Details saved."), "good")
            return redirect(then)
        except DomainError as problem:
            show_problem(form, problem)
    given = queries.sum_given(queries.list_given_on(visit.id))
    return render_template("encounters/details.html", form=form, visit=visit, given=given, then=then)


@bp.route("/code", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
def join(visit_id: UUID) -> ResponseReturnValue:
    """Join a visit and the code that somebody chose to use after all."""
    visit = queries.get_visit_of(current_actor(), str(visit_id))
    form, status, is_unknown = JoinForm(), 200, False
    if form.validate_on_submit():
        try:
            participant = _whose(form)
            if participant is not None:
                actions.join_visit(str(visit_id), participant, by=current_actor())
                flash(_("Joined: this visit belongs to their code."), "good")
                return redirect(url_for(".show", visit_id=visit_id))
            is_unknown = True
        except (UnusableCode, TooManyLookups) as problem:
            form.fail(problem, form.code_card)
            status = 429 if isinstance(problem, TooManyLookups) else 200
    uses_cards = current_settings().uses_card_codes
    shown = {"form": form, "visit": visit, "is_unknown": is_unknown, "uses_cards": uses_cards}
    return render_template("encounters/visit_code.html", **shown), status


@bp.post("/no-code")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def part(visit_id: UUID) -> ResponseReturnValue:
    """Part a visit and its code."""
    actions.join_visit(str(visit_id), None, by=current_actor())
    flash(_("Parted: this visit belongs to no code."), "good")
    if queries.find_visit_of(current_actor(), str(visit_id)) is None:
        return redirect(url_for("encounters.hand_out", said=1))  # a colleague logged it, and it is anonymous again
    return redirect(url_for(".show", visit_id=visit_id))


@bp.post("/leave")
@requires(Permission.LOG_DISTRIBUTIONS)
def leave(visit_id: UUID) -> ResponseReturnValue:
    """Take back a visit that was none after all."""
    try:
        actions.leave_visit(str(visit_id), by=current_actor())
    except NotEmpty as problem:
        flash(say(problem.message), "note")
        return redirect(url_for(".show", visit_id=visit_id))
    flash(_("Taken back: it was not a visit."), "good")
    return redirect(url_for("encounters.hand_out", said=1))


def _whose(form: JoinForm) -> Participant | None:
    """Return who was looked up before, or whose card this is, if it is known here."""
    if form.participant.data:
        return get_participant_of(current_actor(), form.participant.data)
    return look_up(typed_card(form.take()), by=current_actor(), at=clock.now()).participant
