"""Languages as people write them, and as HSDS objects with a code."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from babel import Locale

from harmreduction.directory.hsds.ids import content_id
from harmreduction.directory.hsds.structure import Document
from harmreduction.directory.place_names import fold
from harmreduction.directory.view import objects, text

WRITTEN_IN = ("es", "en")  # whose names of languages are understood; of two alike the last counts


def languages_in(document: Mapping[str, Any]) -> list[str]:
    """Return the languages of a document as it names them, or by their codes."""
    found = (text(language, "name") or text(language, "code") for language in objects(document.get("languages")))
    return list(dict.fromkeys(filter(None, found)))


def language_document(name: str, owner: str) -> Document:
    """Return a language as HSDS has it; a name that nobody knows stays without a code. `owner` is a UUID."""
    code = code_of_language(name)
    made = {"name": _english_names().get(code, name), "code": code} if code else {"name": name}
    return {"id": content_id("language", made, UUID(owner)), **made}


def code_of_language(name: str) -> str:
    """Return the code of a language given by its name or its code, or nothing."""
    wanted = fold(name)
    return wanted if wanted in _english_names() else _codes().get(wanted, "")


@cache
def _english_names() -> dict[str, str]:
    """Return the English names of languages by their codes of two or three letters."""
    return {code: str(name) for code, name in Locale("en").languages.items() if code.isalpha() and len(code) <= 3}


@cache
def _codes() -> dict[str, str]:
    """Return codes by folded names."""
    return {
        fold(str(name)): code
        for language in WRITTEN_IN
        for code, name in Locale(language).languages.items()
        if code in _english_names()
    }
