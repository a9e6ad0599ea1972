"""Maps drawn by folium, with nothing from another host and no script in the page.

folium writes a page with its own links, styles and scripts. Here it writes the script alone: the page is a template
of ours, the script goes out under its own address, and what people entered reaches the map as JSON that the browser
fetches. No text of theirs goes through folium, which would put it into a script.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import folium
from branca.element import CssLink, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from harmreduction.directory.rules.tiles import tile_origin

OUTWARDS = re.compile(r"(?:https?:|(?<![:\w])//)[^\s\"'`<>)]+")
IMPORTED = re.compile(r'^\s*import \{[^}]*\} from "([^"]+)";', re.MULTILINE)
FARTHEST = 2  # zoom
CLOSEST_ON_TILES, CLOSEST_ON_OUTLINES = 18, 15  # outlines show no streets, and fewer levels cluster faster


class OffHostAsset(RuntimeError):
    """folium would have the browser ask another host for something."""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What a map begins with: where it opens, its tiles if the programme chose a server, and where our files lie.

    `addresses` are the addresses of files by their names; see `routes/map.py`.
    """

    latitude: float
    longitude: float
    zoom: int
    tile_url: str
    addresses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class MapParts:
    """What a page needs to show a map: addresses of styles, scripts and modules, its element's id, and its script."""

    styles: list[str]
    scripts: list[str]
    modules: list[str]
    element_id: str
    script: str


class LocalMap(folium.Map):
    """folium's map with Leaflet and nothing else, and always the same names, so that browsers can keep its script."""

    def __init__(self, shell: Shell) -> None:
        """Make a map without tiles; Leaflet's own limits of zoom are set here, which folium gives to tiles alone."""
        closest = CLOSEST_ON_TILES if shell.tile_url else CLOSEST_ON_OUTLINES
        super().__init__(
            location=(shell.latitude, shell.longitude),
            zoom_start=shell.zoom,
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,  # ours speaks the reader's language
            attribution_control=False,  # the page says it in words
        )
        self.options |= {"min_zoom": FARTHEST, "max_zoom": closest}
        self._id = "services"
        addresses = dict(shell.addresses)
        self.default_js = [("leaflet", addresses["leaflet.js"])]
        self.default_css = [("leaflet_css", addresses["leaflet.css"])]


class Basemap(Layer):
    """Our own outlines, drawn by `static/js/map/basemap.js`."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        import { drawBasemap } from {{ this.module|tojson }};
        var {{ this.get_name() }} = drawBasemap({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, module: str) -> None:
        """Draw with the module of this address."""
        super().__init__(name="basemap", overlay=False, control=False)
        self._name, self._id, self.module = "Basemap", "services", module


class FetchedServices(JSCSSMixin, Layer):
    """Services that the browser fetches from us and `static/js/map/services.js` clusters."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        import { showServices } from {{ this.module|tojson }};
        var {{ this.get_name() }} = showServices({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, module: str, addresses: dict[str, str]) -> None:
        """Show them with the module of this address."""
        super().__init__(name="services", control=False)
        self._name, self._id, self.module = "FetchedServices", "services", module
        self.default_js = [("markercluster", addresses["leaflet.markercluster.js"])]
        self.default_css = [("markercluster_css", addresses["MarkerCluster.css"])]


@lru_cache(maxsize=8)
def draw(shell: Shell) -> MapParts:
    """Return the map of all services."""
    addresses = dict(shell.addresses)
    drawn = LocalMap(shell)
    if shell.tile_url:
        _tiles(shell.tile_url).add_to(drawn)
    else:
        Basemap(addresses["basemap.js"]).add_to(drawn)
    FetchedServices(addresses["services.js"], addresses).add_to(drawn)
    return parts(drawn, allowed=(tile_origin(shell.tile_url),) if shell.tile_url else ())


def parts(drawn: folium.Map, *, allowed: tuple[str, ...] = ()) -> MapParts:
    """Take a map apart; raise OffHostAsset if anything in it leads to a host that is not `allowed`."""
    figure = cast(Figure, drawn.get_root())
    figure.render()
    links = list(figure.header._children.values())  # branca has no other way to them
    script: str = figure.script.render()
    _refuse_outwards(script, allowed)
    return MapParts(
        styles=[_local(link) for link in links if isinstance(link, CssLink)],
        scripts=[_local(link) for link in links if isinstance(link, JavascriptLink)],
        modules=IMPORTED.findall(script),
        element_id=drawn.get_name(),
        script=script,
    )


def _tiles(tile_url: str) -> MacroElement:
    """Return tiles of another server, which learns where the map is shown as its operators ask for."""
    options: dict[str, Any] = {"referrer_policy": "strict-origin-when-cross-origin"}
    tiles = folium.TileLayer(tile_url, attr=" ", name="tiles", control=False, max_zoom=CLOSEST_ON_TILES, **options)
    tiles._id = "services"
    return tiles


def _local(link: CssLink | JavascriptLink) -> str:
    """Return the address of a file on our own host."""
    address = str(link.url)
    if not address.startswith("/") or address.startswith("//"):
        raise OffHostAsset(address)
    return address


def _refuse_outwards(script: str, allowed: tuple[str, ...]) -> None:
    """Raise OffHostAsset for an address of another host in the script; `*` stands for the `{s}` of tile servers."""
    hosts = tuple(origin.replace("*", "{s}") + "/" for origin in allowed)
    for address in OUTWARDS.findall(script):
        if not address.startswith(hosts):
            raise OffHostAsset(address)
