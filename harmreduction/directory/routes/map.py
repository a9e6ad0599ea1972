"""The map of services: its page, its script, what it shows, and the ground underneath."""

import re

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.directory.basemap import PARTS, basemap_version, packed, unpacked
from harmreduction.directory.forms.finder import FinderForm
from harmreduction.directory.points import beginning_of_id, packed_points
from harmreduction.directory.queries import points
from harmreduction.directory.queries.areas import list_languages
from harmreduction.directory.routes.gate import open_directory
from harmreduction.directory.routes.map_parts import KINDS_IN_ORDER, drawn_map, words_of_map
from harmreduction.directory.rules.terms import TermGroup
from harmreduction.directory.rules.tiles import tile_origin
from harmreduction.directory.where import Where, place_asked
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import anonymous
from harmreduction.web.headers import Kept, allow_images_from, framed_anywhere, kept

bp = Blueprint("map", __name__)

PACKED_ID = re.compile(r"[0-9a-f]{10}")
SHAPE_OF_POINTS = 1  # one more whenever `packed_points` or the order of the points changes


@bp.get("/map")
@open_directory
def show() -> ResponseReturnValue:
    """Show every service that fits on a map."""
    return _page("directory/map.html")


@bp.get("/embed/map")
@open_directory
@framed_anywhere
@anonymous
def embedded() -> ResponseReturnValue:
    """Show the same map in a frame on another website."""
    return _page("directory/map_embedded.html")


@bp.get("/map/script.js")
@open_directory
@kept(Kept.WHILE_UNCHANGED)
def script() -> ResponseReturnValue:
    """Send what folium wrote for the map."""
    response = Response(drawn_map(request.args.get("place", "")).script, mimetype="text/javascript")
    response.add_etag(weak=True)
    return response.make_conditional(request)


@bp.get("/map/points.json")
@open_directory
@kept(Kept.WHILE_UNCHANGED)
def services() -> ResponseReturnValue:
    """Send the services, packed; a browser that has them already is told so before any is read."""
    question, at = _asked().question(Where()), clock.now()
    minute = f"{at:%Y%m%d%H%M}" if question.is_open_now else ""
    tag = "-".join(map(str, (SHAPE_OF_POINTS, *points.state_of_points(), minute)))
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        found = packed_points(points.list_points(question, at=at))
        response = Response(current_app.json.dumps(found, separators=(",", ":")), mimetype="application/json")
    response.set_etag(tag, weak=True)
    return response


@bp.get("/map/service")
@open_directory
def service() -> ResponseReturnValue:
    """Go on to the page of a service, of which the map knows the beginning of its id; if it is gone, to the list."""
    begins = request.args.get("id", "")
    hsds_id = points.find_service_id(beginning_of_id(begins)) if PACKED_ID.fullmatch(begins) else None
    return redirect(url_for("service.show", service_id=hsds_id) if hsds_id else url_for("finder.search"))


@bp.get("/map/ground/<version>/<part>")
@anonymous
@kept(Kept.FOR_GOOD)
def ground(version: str, part: str) -> ResponseReturnValue:
    """Send a part of the basemap, packed as it lies on the disk where the browser can unpack it."""
    name = part.removesuffix(".json")
    if version != basemap_version() or name not in PARTS:
        abort(404)
    if not request.accept_encodings.quality("gzip"):
        return Response(unpacked(name), mimetype="application/json")
    return Response(packed(name), mimetype="application/json", headers={"Content-Encoding": "gzip"})


def _page(template: str) -> str:
    """Return the page around the map."""
    settings, form = current_settings(), _asked()
    where = place_asked(request.args.get("where"), form.place.data or "", settings.home_place)
    form.around(where)
    if settings.tile_url:
        allow_images_from(tile_origin(settings.tile_url))
    return render_template(
        template,
        form=form,
        groups={TermGroup.OFFER: _("What do you need?"), TermGroup.ACCESS: _("How should it be?")},
        map=drawn_map(where.key),
        words=words_of_map(),
        kinds=KINDS_IN_ORDER,
        script_url=url_for(".script", place=where.key or None),
        points_url=url_for(".services", **form.in_address()),
        ground={part: url_for(".ground", version=basemap_version(), part=f"{part}.json") for part in PARTS},
        where=where,
        tile_attribution=settings.tile_attribution if settings.tile_url else "",
        asked=form.in_address() | {"place": where.key or None},
    )


def _asked() -> FinderForm:
    """Return what the address asks for, as the finder understands it too."""
    form = FinderForm(request.args)
    form.offer(list_languages())
    return form
