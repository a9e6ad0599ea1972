"""Look for services that are listed twice, compare them, and make one of two."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.directory.actions.duplicates import merge_services, part_service, say_they_are_two
from harmreduction.directory.queries import get_service, get_service_view, list_service_views
from harmreduction.directory.queries.duplicates import list_alike, list_merged, list_merged_into
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, Page, page_number

bp = Blueprint("duplicates", __name__, url_prefix="/directory")


@bp.get("/duplicates")
@requires(Permission.MANAGE_DIRECTORY)
def found() -> ResponseReturnValue:
    """Compare the whole directory, and show what may be one and the same."""
    number = page_number()
    alike = list_alike(limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    page = Page(alike.pairs, number, has_more=alike.total > number * PER_PAGE)
    row_ids = [service["id"] for pair in alike.pairs for service in (pair.first, pair.second)]
    views = {view.hsds_id: view for view in list_service_views(row_ids, for_staff=True, at=clock.now())}
    merged = list_merged(limit=PER_PAGE) if number == 1 else []
    return render_template("directory/duplicates.html", page=page, total=alike.total, views=views, merged=merged)


@bp.get("/duplicates/<uuid:first_id>/<uuid:second_id>")
@requires(Permission.MANAGE_DIRECTORY)
def compare(first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Show two services side by side."""
    at = clock.now()
    sides = [get_service_view(str(hsds_id), for_staff=True, at=at) for hsds_id in (first_id, second_id)]
    merged = {hsds_id: list_merged_into(get_service(hsds_id)) for hsds_id in (str(first_id), str(second_id))}
    return render_template("directory/compare.html", sides=sides, merged=merged)


@bp.post("/duplicates/<uuid:first_id>/<uuid:second_id>/merge")
@requires(Permission.MANAGE_DIRECTORY)
def merge(first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Keep the first service, and show it in the place of the second."""
    merge_services(str(first_id), str(second_id), by=current_actor(), at=clock.now())
    flash(_("They are one now. Whoever opens the other one comes here."), "good")
    return redirect(url_for(".compare", first_id=first_id, second_id=second_id))


@bp.post("/duplicates/<uuid:first_id>/<uuid:second_id>/keep-both")
@requires(Permission.MANAGE_DIRECTORY)
def keep_both(first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Remember that the two are two."""
    say_they_are_two(str(first_id), str(second_id), by=current_actor(), at=clock.now())
    flash(_("They stay two, and are not shown here again."), "good")
    return redirect(url_for(".found"))


@bp.post("/services/<uuid:service_id>/part")
@requires(Permission.MANAGE_DIRECTORY)
def part(service_id: UUID) -> ResponseReturnValue:
    """Undo a merge."""
    part_service(str(service_id), by=current_actor(), at=clock.now())
    flash(_("They are two again."), "good")
    return redirect(url_for("service.show", service_id=service_id))
