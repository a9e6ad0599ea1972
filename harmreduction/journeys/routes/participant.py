"""The page of one participant: what happened here, what is wanted now, and the way to everything else."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions import ensure_visit
from harmreduction.encounters.queries.coverage import coverage_of
from harmreduction.encounters.queries.recalls import list_recalled_earlier
from harmreduction.journeys import actions, queries, words
from harmreduction.journeys.forms import ConnectionsForm, VisitForm
from harmreduction.journeys.queries import Moment, Person
from harmreduction.journeys.routes.pages import open_person, site_to_note_at
from harmreduction.journeys.rules.connections import PARTS, STATUSES, Part
from harmreduction.participants.queries.people import list_merged
from harmreduction.sites import queries as sites
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("journeys", __name__, url_prefix="/participants")


@bp.get("/<uuid:participant_id>")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def show(participant_id: UUID) -> ResponseReturnValue:
    """Show a participant: first what to ask about, then what can be done, then everything that happened here."""
    person = open_person(participant_id)
    if person.participant.public_id != str(participant_id):
        return redirect(url_for(".show", participant_id=person.participant.public_id))  # they were merged
    number = page_number()
    moments = queries.list_moments(person.ids, person.site_ids, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template(
        "journeys/participant.html",
        person=person,
        visits=queries.count_visits(person),
        page=page_of(moments, number),
        visit_form=_visit_form(person),
        todays_visit=_visit_of_today(moments) if number == 1 else None,
        recalled=list_recalled_earlier(current_actor(), person.ids),
        coverage=coverage_of(current_actor(), person.ids, clock.now()),
        connections=queries.list_connections(person.participant.id, person.ids, person.site_ids),
        standings=queries.list_standings(person.ids, person.site_ids),
        merged=len(list_merged(current_actor(), person.participant)),
        parts=PARTS,
        statuses=STATUSES,
        words=words,
    )


@bp.post("/<uuid:participant_id>/visit")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def begin_visit(participant_id: UUID) -> ResponseReturnValue:
    """Begin a visit of a participant, and go on to its page or to the refill; tapped twice, it is one visit."""
    person = open_person(participant_id)
    form = _visit_form(person)
    start = form.start(sites.list_sites_of(current_actor()), person.participant.id)
    if not form.validate_on_submit() or start is None:
        flash(_("Choose a site of yours, then begin the visit."), "wait")
        return redirect(url_for(".show", participant_id=participant_id))
    visit = ensure_visit(start, by=current_actor(), at=clock.now())
    if request.form.get("then") == "naloxone":
        return redirect(url_for("naloxone.talk", visit=visit.public_id))
    return redirect(url_for("visits.show", visit_id=visit.public_id))


@bp.route("/<uuid:participant_id>/connections", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
def connections(participant_id: UUID) -> ResponseReturnValue:
    """Say what is in place, as the participant says."""
    person = open_person(participant_id)
    told = queries.list_connections(person.participant.id, person.ids, person.site_ids)
    form = ConnectionsForm(told)
    if form.validate_on_submit():
        site, at = site_to_note_at(person), clock.now()
        said = form.connections(
            told, participant_id=person.participant.id, site_id=site.id, today=clock.today(site.time_zone, at)
        )
        actions.tell_connections(said, by=current_actor(), at=at)
        flash(_("Saved."), "good")
        return redirect(url_for(".show", participant_id=participant_id))
    rows = [(part, form[part.value], told.get(part)) for part in Part]
    return render_template("journeys/connections.html", person=person, form=form, rows=rows, parts=PARTS)


def _visit_form(person: Person) -> VisitForm:
    """Return the form that begins a visit, at the site where the reader works now unless another is chosen."""
    form = VisitForm()
    form.offer(sites.list_sites_of(current_actor()), queries.usual_site(current_actor(), person, now=clock.now()))
    return form


def _visit_of_today(moments: list[Moment]) -> Moment | None:
    """Return the latest visit, if it is of today."""
    latest = next((moment for moment in moments if moment.visit), None)
    if latest is None:
        return None
    zone = latest.site.time_zone
    return latest if clock.today(zone, latest.at) == clock.today(zone) else None
