"""Addresses of static files that carry their version, and the icons drawn from one sprite."""

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote

from flask import Flask, current_app, url_for
from markupsafe import Markup

ICON = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'


def provide_assets(app: Flask) -> None:
    """Give templates `asset(path)`, `embedded(path)` and `icon(name)`."""
    folder = Path(str(app.static_folder))

    @cache
    def version(path: str) -> str:
        return hashlib.sha256((folder / path).read_bytes()).hexdigest()[:10]

    def asset(path: str) -> str:
        """Return the address of a static file; it changes whenever the file does."""
        return url_for("static", filename=path, v=version(path))

    @cache
    def embedded(path: str) -> Markup:
        """Return a small picture as an address that holds it whole, which saves a request on every page."""
        drawing = " ".join((folder / path).read_text(encoding="utf-8").split()).replace('"', "'").replace("> <", "><")
        address = "data:image/svg+xml," + quote(drawing, safe="='/:;,.-")
        return Markup(address)  # noqa: S704  # our own drawing, without the signs that HTML would take for its own

    def icon(name: str, turn: bool = False) -> Markup:
        """Return an icon of the sprite; `turn` mirrors it where people read from right to left."""
        look = "icon icon-turn" if turn else "icon"
        return Markup(ICON).format(look, asset("icons.svg"), name)  # noqa: S704  # format() escapes its values

    app.jinja_env.globals.update(asset=asset, embedded=embedded, icon=icon)


def asset_address(path: str) -> str:
    """Return the address of a static file as templates write it, for what is no template."""
    return str(current_app.jinja_env.globals["asset"](path))  # type: ignore[operator]
