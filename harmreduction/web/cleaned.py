"""What a browser sent, without the signs that nobody types and that no database takes."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

# Tab, line feed and carriage return stand in what people write; the other control characters do not.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# These turn the direction of a text and show nowhere: with one in it, a lot number looks like another.
TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class Cleaned(ImmutableMultiDict[str, Any]):
    """The fields of a form or of an address; a control character in one is a space, one that turns the text is gone."""

    def __init__(self, sent: Iterable[tuple[str, Any]] | None = None) -> None:
        """Clean texts, and keep files as they are."""
        super().__init__([(_cleaned(name), _cleaned(value)) for name, value in sent or ()])


class CleanedRequest(Request):
    """A request whose fields can be stored as they are."""

    parameter_storage_class = Cleaned


def _cleaned(value: Any) -> Any:
    """Return a text without control characters."""
    return TURNS.sub("", CONTROLS.sub(" ", value)) if isinstance(value, str) else value
