"""How far one participant came on the programme's journey: steps marked by hand, and what stands in the way."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.journeys import actions, queries
from harmreduction.journeys.forms import BarriersForm, MarkForm
from harmreduction.journeys.routes.pages import open_person, site_to_note_at
from harmreduction.journeys.rules.steps import CannotMark
from harmreduction.referrals.rules.kinds import BARRIERS
from harmreduction.web.access import current_actor, requires

bp = Blueprint("participant_journey", __name__, url_prefix="/participants/<uuid:participant_id>/journey")


@bp.get("")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def show(participant_id: UUID) -> ResponseReturnValue:
    """Show each step: when it was reached, or what stands in the way."""
    person = open_person(participant_id)
    return render_template(
        "journeys/journey.html",
        person=person,
        standings=queries.list_standings(person.ids, person.site_ids),
        barrier_names=BARRIERS,
    )


@bp.route("/<uuid:step_id>", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
def step(participant_id: UUID, step_id: UUID) -> ResponseReturnValue:
    """Mark a step by hand, on today or a day before."""
    person, of_step = open_person(participant_id), queries.get_step(str(step_id))
    form = MarkForm()
    if form.validate_on_submit():
        site, at = site_to_note_at(person), clock.now()
        ids = {"participant_id": person.participant.id, "site_id": site.id, "step_id": of_step.id}
        try:
            mark = form.mark(**ids, today=clock.today(site.time_zone, at))
            actions.mark_step(mark, by=current_actor(), at=at)
            return _saved(participant_id)
        except CannotMark as problem:
            form.fail(problem, form.reached_on)
    standings = queries.list_standings(person.ids, person.site_ids)
    standing = next((each for each in standings if each.step.id == of_step.id), None)
    in_the_way = BarriersForm(standing.barriers if standing else (), formdata=None)
    return render_template(
        "journeys/step.html", person=person, step=of_step, standing=standing, form=form, in_the_way=in_the_way
    )


@bp.post("/<uuid:step_id>/take-back")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def take_back(participant_id: UUID, step_id: UUID) -> ResponseReturnValue:
    """Take back what was marked by hand."""
    person, of_step = open_person(participant_id), queries.get_step(str(step_id))
    site = site_to_note_at(person)
    actions.unmark_step(person.participant.id, of_step.id, site_id=site.id, by=current_actor())
    return _saved(participant_id)


@bp.post("/<uuid:step_id>/barriers")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def barriers(participant_id: UUID, step_id: UUID) -> ResponseReturnValue:
    """Say what stands in the way of a step."""
    person, of_step = open_person(participant_id), queries.get_step(str(step_id))
    site = site_to_note_at(person)
    noted = BarriersForm().noted(participant_id=person.participant.id, site_id=site.id, step_id=of_step.id)
    actions.note_barriers(noted, by=current_actor(), at=clock.now())
    return _saved(participant_id)


def _saved(participant_id: UUID) -> Response:
    """Go back to the journey and say that it is saved."""
    flash(_("Saved."), "good")
    return redirect(url_for(".show", participant_id=participant_id))
