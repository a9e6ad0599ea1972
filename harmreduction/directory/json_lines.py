"""The directory as JSON text, a document at a time."""

import json
from collections.abc import Iterator

from harmreduction.directory.queries.export import list_documents


def lines_of(shape: str, *, is_whole: bool) -> Iterator[str]:
    """Yield the directory as "json", a list with one document a line, or as "ndjson", one document a line."""
    first, between, last = ("[\n", ",\n", "\n]\n") if shape == "json" else ("", "\n", "\n")
    yield first
    for number, (_kind, document) in enumerate(list_documents(is_whole=is_whole)):
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        yield f"{between}{text}" if number else text
    yield last
