"""What the page of the map is made of: what folium drew, where it opens, and every word that its scripts say."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from flask import current_app
from flask_babel import gettext as _

from harmreduction.core.messages import message
from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.rules.terms import BY_CODE, KINDS, OTHER_KIND, TERMS
from harmreduction.settings.queries import current_settings
from harmreduction.web.i18n import say
from harmreduction.web.vendor import FILES, vendor_url

if TYPE_CHECKING:
    from harmreduction.directory.maps import MapParts

WHOLE_COUNTRY = (39.0, -96.0, 4)  # latitude, longitude, zoom
TOWN_ZOOM = 11
MODULES = ("basemap.js", "services.js")
KINDS_IN_ORDER = {**{kind: BY_CODE[kind].name for kind in KINDS}, OTHER_KIND: message("Other help")}


def drawn_map(place_key: str) -> "MapParts":
    """Return the map as folium draws it, opened at a place of the gazetteer; without one, on the whole country."""
    from harmreduction.directory.maps import Shell, draw  # noqa: PLC0415  # folium takes 25 MB, so only maps load it

    place = gazetteer().place_of(place_key) if place_key else None
    latitude, longitude, zoom = (place.latitude, place.longitude, TOWN_ZOOM) if place else WHOLE_COUNTRY
    asset = cast(Callable[[str], str], current_app.jinja_env.globals["asset"])
    addresses = {name: vendor_url(name) for name in FILES} | {name: asset(f"js/map/{name}") for name in MODULES}
    return draw(
        Shell(
            latitude=latitude,
            longitude=longitude,
            zoom=zoom,
            tile_url=current_settings().tile_url,
            addresses=tuple(addresses.items()),
        )
    )


def words_of_map() -> dict[str, Any]:
    """Return every word that the map's scripts need; %(count)s stands for a number."""
    return {
        "terms": {term.code: say(term.name) for term in TERMS},
        "kinds": {kind: say(name) for kind, name in KINDS_IN_ORDER.items()},
        "services": _("services"),
        "oneInView": _("1 service in view."),
        "manyInView": _("%(count)s services in view.", count="%(count)s"),
        "nearestOf": _("Listed: the %(count)s nearest to the middle.", count="%(count)s"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "close": _("Close"),
        "notLoaded": _("The services could not be loaded. Open the list instead, or load this page again."),
    }
