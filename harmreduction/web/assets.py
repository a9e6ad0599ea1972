"""Addresses of static files that carry their version, and the icons drawn from one sprite."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

ICON = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'


def provide_assets(app: Flask) -> None:
    """Give templates `asset(path)` and `icon(name)`."""
    folder = Path(str(app.static_folder))

    @cache
    def version(path: str) -> str:
        return hashlib.sha256((folder / path).read_bytes()).hexdigest()[:10]

    def asset(path: str) -> str:
        """Return the address of a static file; it changes whenever the file does."""
        return url_for("static", filename=path, v=version(path))

    def icon(name: str, turn: bool = False) -> Markup:
        """Return an icon of the sprite; `turn` mirrors it where people read from right to left."""
        look = "icon icon-turn" if turn else "icon"
        return Markup(ICON).format(look, asset("icons.svg"), name)  # noqa: S704  # format() escapes its values

    app.jinja_env.globals.update(asset=asset, icon=icon)
