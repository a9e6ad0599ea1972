"""Clinical instruments: shown and gone, or kept with the participant's code where they want it. For clinicians only."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments.actions import instruments as actions
from harmreduction.assessments.forms.instruments import InstrumentForm, Step, form_for
from harmreduction.assessments.queries import instruments as queries
from harmreduction.assessments.rules.instruments.catalogue import IN_USE, edition_of, get_instrument
from harmreduction.assessments.rules.instruments.naloxone_triggers import NALOXONE_TRIGGERS
from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.journeys.queries import Person, get_person, usual_site
from harmreduction.participants.actions.people import note_seen
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("instruments", __name__, url_prefix="/instruments")


@bp.get("/")
@requires(Permission.USE_INSTRUMENTS)
def index() -> ResponseReturnValue:
    """Show the instruments and, with a participant, what was kept for them: which and when, no figures."""
    person, kept = find_person(), []
    if person is not None:
        kept = [(each, edition_of(each.instrument, each.edition)) for each in queries.list_results(person)]
        note_seen(person.participant, by=current_actor())
    return render_template(
        "assessments/instruments/index.html", instruments=IN_USE.values(), person=person, results=kept
    )


@bp.route("/<instrument>", methods=["GET", "POST"])
@requires(Permission.USE_INSTRUMENTS)
def fill(instrument: str) -> ResponseReturnValue:
    """Ask first whether it fits, then the items, then show the result; nothing is stored by any of it."""
    form, person = form_for(get_instrument(instrument)), find_person()
    page = {"form": form, "instrument": form.instrument, "person": person}
    if not form.lets_through:
        return render_template("assessments/instruments/gate.html", **page, is_turned_away=form.is_submitted())
    if form.validate_on_submit() and form.do.data == Step.RESULT:
        return _show_result(form, person)
    return render_template("assessments/instruments/fill.html", **page)


@bp.post("/<instrument>/keep")
@requires(Permission.USE_INSTRUMENTS)
def keep(instrument: str) -> ResponseReturnValue:
    """Keep the answers with the code of the participant, who wants it so."""
    form, person = form_for(get_instrument(instrument)), find_person()
    site = usual_site(current_actor(), person, now=clock.now()) if person else None
    if person is None or site is None or not form.lets_through or not form.validate_on_submit():
        flash(_("Nothing was kept. To keep a result, begin from the page of a participant with a code."), "wait")
        return redirect(url_for(".index"))
    try:
        taken = form.taken(participant_id=person.participant.id, site_id=site.id)
        result_id = actions.keep_result(taken, by=current_actor(), at=clock.now())
    except DomainError as problem:
        flash(say(problem.message), "wait")
        return redirect(url_for(".fill", instrument=instrument, participant=person.participant.public_id))
    flash(_("Kept with the code."), "good")
    return redirect(url_for(".kept", result_id=result_id))


@bp.get("/kept/<uuid:result_id>")
@requires(Permission.USE_INSTRUMENTS)
def kept(result_id: UUID) -> ResponseReturnValue:
    """Show a result that was kept; looking at it is written down."""
    found = queries.get_result(current_actor(), str(result_id))
    actions.note_result_seen(found, by=current_actor())
    return render_template(
        "assessments/instruments/kept.html", kept=found, reading=found.instrument.read(found.answers)
    )


@bp.post("/kept/<uuid:result_id>/erase")
@requires(Permission.USE_INSTRUMENTS)
def erase(result_id: UUID) -> ResponseReturnValue:
    """Erase a result."""
    participant_id = actions.erase_result(str(result_id), by=current_actor())
    flash(_("Erased."), "good")
    return redirect(url_for(".index", participant=participant_id))


def find_person() -> Person | None:
    """Return the participant whom the page is about, if it is about one."""
    public_id = request.args.get("participant", "")
    return get_person(current_actor(), public_id) if public_id else None


def _show_result(form: InstrumentForm, person: Person | None) -> str:
    """Show what the answers come to, and keep nothing."""
    instrument, answers = form.instrument, form.answers
    return render_template(
        "assessments/instruments/result.html",
        form=form,
        instrument=instrument,
        person=person,
        answers=answers,
        reading=instrument.read(answers),
        is_about_naloxone=instrument is NALOXONE_TRIGGERS,
    )
