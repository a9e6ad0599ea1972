"""The finder in a frame on another website, and how to put it there."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.directory.forms.finder import FinderForm
from harmreduction.directory.queries import FoundPage, find_services
from harmreduction.directory.results import result_of
from harmreduction.directory.routes.gate import open_directory
from harmreduction.directory.where import place_asked
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import anonymous
from harmreduction.web.headers import framed_anywhere
from harmreduction.web.paging import Page

bp = Blueprint("embedded", __name__)


@bp.get("/embed/find")
@open_directory
@framed_anywhere
@anonymous
def show() -> ResponseReturnValue:
    """Show the nearest services in a frame; what is pressed there opens in a window of its own."""
    form = FinderForm(request.args)
    form.offer(())
    where = place_asked(request.args.get("where"), form.place.data or "", current_settings().home_place)
    form.around(where)
    at = clock.now()
    question = form.question(where, within_km=form.reach(where))
    found = FoundPage() if where.is_unknown else find_services(question, at=at)
    return render_template(
        "directory/embedded.html",
        form=form,
        where=where,
        page=Page([result_of(one, country=where.country, at=at) for one in found.found], 1, found.has_more),
        total=found.total,
        whole_url=url_for("finder.search", place=where.key or None, **form.in_address()),
    )


@bp.get("/find/embed")
@open_directory
def explain() -> ResponseReturnValue:
    """Show the line that puts the finder on another website."""
    place = current_settings().home_place or None
    return render_template(
        "directory/embed.html",
        addresses={
            "list": url_for(".show", place=place, _external=True),
            "map": url_for("map.embedded", place=place, _external=True),
        },
    )
