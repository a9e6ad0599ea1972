"""The log page as phones keep it: the same page, with nobody's name on it, in every language."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for

from harmreduction.core.fingerprint import fingerprint
from harmreduction.encounters.models import UsualHandout
from harmreduction.stock.models import Item, StockReason
from harmreduction.stock.queries.recalls import Told
from harmreduction.sync.app_files import AT_ONCE, later_files, module_address
from harmreduction.sync.queries.kit import DIGITS, FieldPlace
from harmreduction.sync.rules.sections import ASKED
from harmreduction.web.assets import asset_address
from harmreduction.web.headers import HEADERS
from harmreduction.web.i18n import LANGUAGES, in_language

STYLES = "css/app.css"
ICONS = "icons.svg"
INDENTS = re.compile(r"\s*\n\s*")  # of which the page shows nothing; phones need not pay for them


@dataclass(frozen=True, kw_only=True)
class ShellParts:
    """What the log page shows to whoever hands out from these places; recalls: what is told at a place (row id)."""

    places: Sequence[FieldPlace]
    tiles: Sequence[UsualHandout]
    items: Sequence[Item]
    naloxone: Sequence[Item]
    reasons: Sequence[StockReason]
    recalls: Mapping[int, Told]

    @property
    def vans(self) -> list[FieldPlace]:
        """Return the places that go out and come back."""
        return [place for place in self.places if place.is_van]


@dataclass(frozen=True, kw_only=True)
class App:
    """All that a phone needs to open the log page by itself: pages by language, modules, addresses of other files."""

    version: str
    pages: Mapping[str, str]
    files: Mapping[str, str]
    assets: Sequence[str]


def render_app(parts: ShellParts, languages: Collection[str] = LANGUAGES, *, whole: bool = True) -> App:
    """Put together what a phone keeps; its version changes whenever anything of it does.

    What is not whole is the least with which a phone works without a signal: one language, none of the sections that
    open now and then. A new phone on a slow line takes this first.
    """
    pages = {code: _page(code, parts, whole=whole) for code in languages}
    files, assets = later_files() if whole else {}, _assets()
    version = fingerprint({"pages": pages, "files": files, "assets": assets})[:DIGITS]
    return App(version=version if whole else f"{version}-core", pages=pages, files=files, assets=assets)


def page_headers() -> dict[str, str]:
    """Return the headers under which a phone keeps a page, so that it is as closed there as it was here."""
    return {**HEADERS, "Content-Type": "text/html; charset=utf-8"}


def _page(code: str, parts: ShellParts, *, whole: bool) -> str:
    """Render the log page in a language; nothing of it is about whoever asked."""
    of_a_hand_out = dict.fromkeys(("form", "place", "saved", "visit", "last", "ticket"))
    shown = {
        "shell": True,
        "sections": whole,
        "in_visit": {},
        "visit_given": (),
        "recalls": {},
        "recalls_at": {
            place.location.public_id: parts.recalls[place.location.id]
            for place in parts.places
            if place.location.id in parts.recalls
        },
        "places": parts.places,
        "vans": parts.vans,
        "tiles": parts.tiles,
        "items": parts.items,
        "naloxone_items": parts.naloxone,
        "reasons": parts.reasons,
        "asked": ASKED,
        "language_url": lambda code: url_for("language.choose", code=code, back=url_for("encounters.hand_out")),
    }
    with in_language(code):
        return INDENTS.sub("\n", render_template("encounters/hand_out.html", **of_a_hand_out, **shown))


def _assets() -> list[str]:
    """Return the addresses of what the page is drawn with, beside the files of the kit."""
    return [asset_address(STYLES), asset_address(ICONS), *(module_address(name) for name in AT_ONCE)]
