"""The paper as a tagged PDF, where the optional library WeasyPrint is installed (`requirements-pdf.txt`)."""

import logging
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from flask import current_app

STYLES = ("css/app.css", "css/conversation.css")
ACCESSIBLE = "pdf/ua-1"
SILENT = logging.CRITICAL + 1


def can_make_pdf() -> bool:
    """Say whether a PDF can be made here."""
    return _library() is not None


def pdf_of(page: str) -> bytes:
    """Return a page of HTML as an accessible PDF, where one can be made.

    Nothing is fetched for it, from this server or another: its styles are read from disk, and it shows no picture.
    """
    library = _library()
    styles = [library.CSS(string=style, url_fetcher=_fetch_nothing) for style in _styles()]
    document = library.HTML(string=page, url_fetcher=_fetch_nothing)
    return bytes(document.write_pdf(stylesheets=styles, pdf_variant=ACCESSIBLE))


@cache
def _library() -> Any:
    """Return the library, or None where it, or a system library that it needs, is missing."""
    try:
        library = import_module("weasyprint")
    except (ImportError, OSError):
        return None
    logging.getLogger("weasyprint").setLevel(SILENT)  # it tells of every rule that it does not know, and of texts
    return library


def _styles() -> list[str]:
    """Return the style sheets of the page."""
    folder = Path(str(current_app.static_folder))
    return [(folder / name).read_text(encoding="utf-8") for name in STYLES]


def _fetch_nothing(address: str, *_more: object, **_options: object) -> NoReturn:
    """Refuse to fetch anything."""
    raise ValueError(f"A paper shows nothing from elsewhere, so {address.partition(':')[0]} is not fetched.")
