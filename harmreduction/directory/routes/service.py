"""One page for each service: open or not, where, when, what to bring, who answers."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.qr import qr_code
from harmreduction.directory.points import packed_id
from harmreduction.directory.queries import get_service_view
from harmreduction.directory.routes.gate import open_directory
from harmreduction.directory.routes.ways import way_to
from harmreduction.directory.service_page import page_of_service
from harmreduction.directory.view import ServiceView
from harmreduction.web.access import actor_or_none

bp = Blueprint("service", __name__, url_prefix="/find")

LISTS = ("finder.search", "printing.area")


@bp.get("/<uuid:service_id>")
@open_directory
def show(service_id: UUID) -> ResponseReturnValue:
    """Show a service; one that was found to be the same as another leads there."""
    at, is_staff = clock.now(), actor_or_none() is not None
    view = get_service_view(str(service_id), for_staff=is_staff, at=at)
    if view.merged_into:
        return redirect(url_for(".show", service_id=view.merged_into))
    return render_template(
        "directory/service.html",
        service=page_of_service(view, at=at),
        ways=_ways(view),
        qr=qr_code(url_for(".show", service_id=view.hsds_id, _external=True)) if is_staff else None,
    )


def _ways(view: ServiceView) -> dict[str, str]:
    """Return where somebody can go on from here; a way that does not exist is empty."""
    only_place = view.places[0].pair_id if len(view.places) == 1 else ""
    return {
        "back": _list_they_came_from() or url_for("finder.search"),
        "map": url_for("map.show", where="", _anchor=packed_id(view.hsds_id)),
        "slip": url_for("printing.slip", service_id=view.hsds_id),
        "refer": way_to("referrals.new", service=view.hsds_id, place=only_place or None),
        "confirm": way_to("review.confirm_service", service_id=view.hsds_id),
        "edit": way_to("editing.edit", service_id=view.hsds_id),
        "history": way_to("review.history", service_id=view.hsds_id),
        "suggest": way_to("review.suggest", service_id=view.hsds_id),
    }


def _list_they_came_from() -> str:
    """Return the address of the very list that led here, with what was asked for; nothing if it was another page."""
    came_from = urlsplit(request.referrer or "")
    is_list = came_from.netloc == request.host and came_from.path in map(url_for, LISTS)
    return f"{came_from.path}?{came_from.query}" if is_list and came_from.query else ""
