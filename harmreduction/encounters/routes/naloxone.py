"""The talk about naloxone, and a refill with it: one page, one save."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions.naloxone import Talked, record_talk
from harmreduction.encounters.forms.naloxone import NaloxoneForm
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.encounters.queries import Place
from harmreduction.encounters.queries import naloxone as queries
from harmreduction.encounters.queries.hub import participant_of
from harmreduction.encounters.routes.pages import begin_on, day_of, page_visit, show_problem
from harmreduction.participants.queries.people import ids_of_group
from harmreduction.stock.queries import get_item, get_lots, list_stock
from harmreduction.stock.queries.lots import find_lot
from harmreduction.stock.queries.recalls import told_at
from harmreduction.stock.rules import Outcome
from harmreduction.web.access import current_actor, requires

bp = Blueprint("naloxone", __name__, url_prefix="/naloxone")

REVERSAL_REPORT = "reversals.report_for_talk"  # the report that opens when the kit before was used


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.RECORD_CARE)
def talk() -> ResponseReturnValue:
    """Ask what happened to the kit before, and hand out the next."""
    form = NaloxoneForm()
    visit, place = page_visit(form)
    if place is None:
        return redirect(url_for("encounters.choose_place"))
    given = queries.find_naloxone_given(visit.id) if visit else None
    before = _saved_before(form, visit)
    if not form.is_submitted():
        _begin(form, given, before)
    form.offer(queries.list_naloxone(), list_stock(place.location_id), today=day_of(form, place))
    if form.validate_on_submit():
        if before and form.says_nothing:
            return _show_nothing_added(before)
        try:
            return _show_saved(form, _save(form, visit, place))
        except DomainError as problem:
            show_problem(form, problem)
    shown = {"form": form, "visit": visit, "place": place, "given": given, "before": before}
    return render_template("encounters/naloxone.html", **shown, recalls=told_at(place.location_id))


def _saved_before(form: NaloxoneForm, visit: Encounter | None) -> queries.SavedBefore | None:
    """Return what was saved before this page was opened; a page that was sent shows it if it did so then."""
    if form.is_submitted() and not form.is_more.data:
        return None
    if visit is not None:
        return queries.find_saved_on(visit)
    return queries.find_just_saved(current_actor(), now=clock.now())


def _begin(form: NaloxoneForm, given: Distribution | None, before: queries.SavedBefore | None) -> None:
    """Fill in what a new page starts with."""
    form.given_before.data = given.public_id if given else ""
    form.kits.data = None if given else 1
    _as_scanned(form)
    if before is not None:
        form.ask_for_more()


def _show_nothing_added(before: queries.SavedBefore) -> Response:
    """Go to what was saved before, because nothing was added to it."""
    flash(_("This was saved before. Nothing was added."), "note")
    return redirect(url_for("visits.show", visit_id=before.visit.public_id))


def _as_scanned(form: NaloxoneForm) -> None:
    """Fill in the pack that was scanned for this page."""
    lot = find_lot(request.args.get("lot", ""))
    form.item.data = request.args.get("item") or (lot.item.public_id if lot else "")
    form.lot.data = form.scanned_lot.data = lot.public_id if lot else ""


def _save(form: NaloxoneForm, visit: Encounter | None, place: Place) -> Talked:
    """Record the talk, with what was taken."""
    start = begin_on(visit, form, place)
    hand_out = None
    if form.hands_out:
        lot = get_lots({form.lot.data}).get(form.lot.data) if form.lot.data else None
        hand_out = form.distribution(place, get_item(form.item.data), lot, start.visit_id)
    talk = form.talk(start, is_known_here=_took_before(visit), hand_out=hand_out)
    return record_talk(talk, by=current_actor(), at=clock.now())


def _took_before(visit: Encounter | None) -> bool | None:
    """Say whether whose visit it is took naloxone here before; None where nobody can know."""
    person = participant_of(visit) if visit else None
    if visit is None or person is None:
        return None
    return queries.took_naloxone_before(current_actor(), ids_of_group(person), besides=visit.id)


def _show_saved(form: NaloxoneForm, talked: Talked) -> Response:
    """Go on to the report of what the kit was used for, else to the visit."""
    if talked.outcome is Outcome.EXISTS:
        flash(_("This was saved before. Nothing was added."), "note")
    elif form.was_used and REVERSAL_REPORT in current_app.view_functions:
        return redirect(url_for(REVERSAL_REPORT, talk_id=talked.talk_id))
    visit = queries.get_talk_of(current_actor(), talked.talk_id)[1]
    return redirect(url_for("visits.show", visit_id=visit.public_id, saved=talked.distribution_id or "talk"))
