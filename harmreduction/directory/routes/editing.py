"""Edit a service by hand, and the days on which it keeps other hours."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.messages import Message
from harmreduction.core.permissions import Permission
from harmreduction.directory.actions import closures as closing
from harmreduction.directory.actions.geocoding import find_position
from harmreduction.directory.actions.services import add_service, change_service
from harmreduction.directory.editing import ServiceEntry, entry_from, hours_holder, objects_of
from harmreduction.directory.editing_hours import others_of
from harmreduction.directory.entries import ABOUT_THERE
from harmreduction.directory.forms.review import ClosureForm
from harmreduction.directory.forms.service import ServiceForm
from harmreduction.directory.hours_words import hours_lines
from harmreduction.directory.queries import get_service
from harmreduction.directory.queries.closures import special_days
from harmreduction.directory.queries.editing import Editable, get_editable
from harmreduction.directory.queries.review import Suggested, get_closure, get_suggestion, hsds_id_of, list_closures
from harmreduction.directory.rules.closures import WrongDays
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("editing", __name__, url_prefix="/directory")


@bp.route("/services/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
def new() -> ResponseReturnValue:
    """Add a service."""
    form = ServiceForm()
    if form.validate_on_submit() and not _looks_for_position(form):
        add_service(form.form_id.data, form.entry(), by=current_actor(), at=clock.now())
        flash(_("Added."), "good")
        return redirect(url_for("service.show", service_id=form.form_id.data))
    return _page(form, None)


@bp.route("/services/<uuid:service_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
def edit(service_id: UUID) -> ResponseReturnValue:
    """Change a service and one of its places."""
    place = request.args.get("place", "")
    held = get_editable(str(service_id), place)
    form = ServiceForm(_entry(held), version=held.version)
    if form.validate_on_submit() and not _looks_for_position(form):
        seen, at = request.form.get("version", ""), clock.now()  # what was not sent is never taken for the newest
        try:
            change_service(str(service_id), place, form.entry(), version=seen, by=current_actor(), at=at)
            flash(_("Changed."), "good")
            return redirect(url_for("service.show", service_id=service_id))
        except OutOfDate as problem:
            form.fail(problem)
    return _page(form, held)


@bp.route("/services/<uuid:service_id>/closures", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
def closures(service_id: UUID) -> ResponseReturnValue:
    """Show the days on which a service keeps other hours, and add some."""
    service, today = get_service(str(service_id)), clock.today(current_settings().time_zone)
    form = ClosureForm(from_day=today)
    if form.validate_on_submit():
        try:
            closing.add_closure(str(service_id), form.days(today), by=current_actor(), at=clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".closures", service_id=service_id))
        except WrongDays as problem:
            form.fail(problem, form[problem.about])
    told = [
        (closure, hours_lines([], special_days([closure], closure.service_at_location_id), today=today))
        for closure in list_closures(service, today=today)
    ]
    return render_template("directory/closures.html", form=form, service=service, closures=told)


@bp.post("/closures/<uuid:closure_id>/end")
@requires(Permission.MANAGE_DIRECTORY)
def end_closure(closure_id: UUID) -> ResponseReturnValue:
    """End such days early."""
    service_id = hsds_id_of(get_closure(str(closure_id)).service_id)
    today = clock.today(current_settings().time_zone)
    closing.end_closure(str(closure_id), today=today, by=current_actor(), at=clock.now())
    flash(_("Ended."), "good")
    return redirect(url_for(".closures", service_id=service_id))


def _entry(held: Editable) -> ServiceEntry:
    """Return a service as the form takes it."""
    is_confidential = held.place is not None and held.place["is_confidential"]
    return entry_from(held.documents, status=held.service["status"], is_confidential=is_confidential)


def _looks_for_position(form: ServiceForm) -> bool:
    """Fill in the position that the geocoder knows, where that was asked for; nothing is saved then."""
    if request.form.get("do") != "locate":
        return False
    try:
        answer = find_position(form.place_entry(), at=clock.now())
    except DomainError as problem:
        form.fail(problem)
        return True
    if answer is None:
        flash(_("Your geocoder does not know this address. The place is about where its ZIP is."), "wait")
    else:
        form.show_position(answer)
        flash(_("Found: %(place)s. Look whether it fits, then save.", place=answer.label), "good")
    return True


def _page(form: ServiceForm, held: Editable | None) -> str:
    """Return the page of the form, with the suggestion that somebody made beside it."""
    return render_template(
        "directory/edit.html",
        form=form,
        held=held,
        others=_hours_of_other_kinds(held),
        is_about_there=held is not None and held.place is not None and held.place["position_from"] == ABOUT_THERE,
        has_geocoder=bool(current_settings().geocoder_url),
        suggestion=_suggestion(),
        here=request.full_path.rstrip("?"),
    )


def _suggestion() -> Suggested | None:
    """Return the suggestion that led here."""
    public_id = request.args.get("suggestion", "")
    return get_suggestion(public_id) if public_id else None


def _hours_of_other_kinds(held: Editable | None) -> list[Message]:
    """Return the hours that the form cannot show, in words."""
    if held is None:
        return []
    holder = getattr(held.documents, hours_holder(held.documents))
    others = others_of(objects_of(holder, "schedules"))
    today = clock.today(current_settings().time_zone)
    return hours_lines(others, [], today=today) or [Message(str(other.get("description") or "")) for other in others]
