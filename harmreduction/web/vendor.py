"""Files for browsers that lie in installed Python packages: Leaflet and its clusters, served and never copied."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files

from flask import Flask, Response, abort, url_for

from harmreduction.web.access import anonymous
from harmreduction.web.headers import Kept, kept

LEAFLET = ("leaflet", "django-js-lib-leaflet", "js_lib_leaflet", "static/js_lib_leaflet")
CLUSTERS = ("markercluster", "XStatic-Leaflet-MarkerCluster", "xstatic.pkg.leaflet_markercluster", "data")

# What may be asked for: the name of the file, and (short name, distribution, package, folder) where it lies.
FILES = {
    "leaflet.js": LEAFLET,
    "leaflet.css": LEAFLET,
    "leaflet.markercluster.js": CLUSTERS,
    "MarkerCluster.css": CLUSTERS,
}
TYPES = {"js": "text/javascript", "css": "text/css"}


def provide_vendor(app: Flask) -> None:
    """Serve these files, each under an address that carries the version of its package."""
    app.add_url_rule("/vendor/<release>/<asset>", "vendor", _send)


def vendor_url(filename: str) -> str:
    """Return the address of a file; it changes whenever another version is installed."""
    return url_for("vendor", release=_release(filename), asset=filename)


@anonymous
@kept(Kept.FOR_GOOD)
def _send(release: str, asset: str) -> Response:
    """Send a file of a package; of no other file and no other version is there anything."""
    if asset not in FILES or release != _release(asset):
        abort(404)
    return Response(_content(asset), mimetype=TYPES[asset.rpartition(".")[2]])


@cache
def _release(filename: str) -> str:
    """Return the package and version that a file comes from: leaflet-1.9.4.1."""
    name, distribution, _package, _folder = FILES[filename]
    return f"{name}-{version(distribution)}"


@cache
def _content(filename: str) -> bytes:
    """Return the file as it was installed."""
    _name, _distribution, package, folder = FILES[filename]
    return files(package).joinpath(folder, filename).read_bytes()
