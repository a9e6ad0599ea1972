"""Keep the directory true: what to check, what people suggest, and who changed what."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.directory.actions import review as reviewing
from harmreduction.directory.actions import services
from harmreduction.directory.forms.review import QueueForm, SuggestionForm
from harmreduction.directory.history_words import DEEDS, KINDS, field_changes, linked_ids
from harmreduction.directory.models import Service
from harmreduction.directory.queries import get_service
from harmreduction.directory.queries import review as queries
from harmreduction.directory.queries.history import get_subject, list_changes, names_of_services
from harmreduction.directory.queries.imports import list_sources
from harmreduction.directory.routes.gate import open_directory
from harmreduction.directory.rules.ages import checked_words
from harmreduction.directory.rules.freshness import freshness
from harmreduction.directory.rules.suggestions import TOPICS, CannotSuggest, Topic
from harmreduction.directory.where import place_asked
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import actor_or_none, current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_of

bp = Blueprint("review", __name__)


@bp.get("/directory/review")
@requires(Permission.CHECK_SERVICES)
def queue() -> ResponseReturnValue:
    """Show which services to check: own ones and those near home first, and of each the oldest."""
    settings, number = current_settings(), _page_number()
    today = clock.today(settings.time_zone)
    form = QueueForm(request.args)
    form.offer(list_sources())
    rows = queries.list_to_check(
        near=place_asked(None, "", settings.home_place).point,
        source=form.source.data,
        today=today,
        limit=PER_PAGE + 1,
        offset=(number - 1) * PER_PAGE,
    )
    entries = [(row, checked_words(row.verified_on, today), freshness(row.verified_on, today)) for row in rows]
    return render_template(
        "directory/review.html",
        form=form,
        page=page_of(entries, number),
        waiting=queries.count_open_suggestions() if current_actor().may(Permission.MANAGE_DIRECTORY) else 0,
    )


@bp.post("/directory/services/<uuid:service_id>/confirm")
@requires(Permission.CHECK_SERVICES)
def confirm_service(service_id: UUID) -> ResponseReturnValue:
    """Remember that a service is still as listed, and go back to where it was said."""
    services.confirm_service(str(service_id), by=current_actor(), at=clock.now())
    name = get_service(str(service_id)).name
    flash(_("%(name)s: checked today.", name=name), "good")
    if request.form.get("back") == "queue":
        return redirect(url_for(".queue", source=request.form.get("source") or None))
    return redirect(url_for("service.show", service_id=service_id))


@bp.get("/directory/suggestions")
@requires(Permission.MANAGE_DIRECTORY)
def suggestions() -> ResponseReturnValue:
    """Show what people suggest, the oldest first."""
    number = _page_number()
    rows = queries.list_suggestions(limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    topics = {topic.value: text for topic, text in TOPICS.items()}
    return render_template("directory/suggestions.html", page=page_of(rows, number), topics=topics)


@bp.post("/directory/suggestions/<uuid:suggestion_id>/take")
@requires(Permission.MANAGE_DIRECTORY)
def take(suggestion_id: UUID) -> ResponseReturnValue:
    """Find a suggestion right, and go where it is entered."""
    found = queries.get_suggestion(str(suggestion_id))
    reviewing.take_suggestion(found.public_id, by=current_actor(), at=clock.now())
    if found.service_id:
        return redirect(url_for("editing.edit", service_id=found.service_id, suggestion=found.public_id))
    return redirect(url_for("editing.new", suggestion=found.public_id))


@bp.post("/directory/suggestions/<uuid:suggestion_id>/decline")
@requires(Permission.MANAGE_DIRECTORY)
def decline(suggestion_id: UUID) -> ResponseReturnValue:
    """Leave everything as it is."""
    reviewing.decline_suggestion(str(suggestion_id), by=current_actor(), at=clock.now())
    flash(_("Left as it is. The words are erased."), "good")
    return redirect(url_for(".suggestions"))


@bp.route("/find/<uuid:service_id>/suggest", methods=["GET", "POST"])
@open_directory
def suggest(service_id: UUID) -> ResponseReturnValue:
    """Let anybody say what is wrong about a service."""
    return _suggest(get_service(str(service_id)))


@bp.route("/find/suggest", methods=["GET", "POST"])
@open_directory
def suggest_new() -> ResponseReturnValue:
    """Let anybody name a service that is missing."""
    return _suggest(None)


@bp.get("/find/suggest/thanks")
@open_directory
def thanks() -> ResponseReturnValue:
    """Say thank you."""
    return render_template("directory/thanks.html")


@bp.get("/directory/history/<uuid:service_id>")
@requires(Permission.CHECK_SERVICES)
def history(service_id: UUID) -> ResponseReturnValue:
    """Show who changed what of a record, and of what belongs to it."""
    subject, number = get_subject(str(service_id)), _page_number()
    time_zone = current_settings().time_zone
    today = clock.today(time_zone)
    changes = list_changes(subject, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    names = names_of_services([hsds_id for change in changes for hsds_id in linked_ids(change.differences)])
    told = [(change, field_changes(change.differences, today=today, names=names)) for change in changes]
    return render_template(
        "directory/history.html",
        subject=subject,
        service_id=str(service_id),
        page=page_of(told, number),
        deeds=DEEDS,
        kinds=KINDS,
        time_zone=time_zone,
    )


def _suggest(service: Service | None) -> ResponseReturnValue:
    """Ask what should change, and keep it; whoever fills in the trap is thanked, and nothing is kept."""
    form = SuggestionForm()
    hsds_id = service.hsds_id if service is not None else None
    name = service.name if service is not None else ""
    if form.validate_on_submit():
        topic = form.chosen_topic() if hsds_id is not None else Topic.NEW
        try:
            if not form.is_from_a_program:
                reviewing.suggest(hsds_id, topic, form.words.data, by=actor_or_none(), at=clock.now())
            return redirect(url_for(".thanks"))
        except CannotSuggest as problem:
            form.fail(problem)
        except DomainError as problem:
            form.fail(problem, form.words)
    return render_template("directory/suggest.html", form=form, service_id=hsds_id, name=name)


def _page_number() -> int:
    """Return which page of a list is asked for."""
    asked = request.args.get("page", default=1, type=int)
    return min(max(asked, 1), 10_000)
