"""Directory files for tests, and ways to bring them in. No name here is a person's."""

import io
import json
import re
import zipfile
from typing import Any

from harmreduction.core.clock import now
from harmreduction.directory.actions import applying, imports, staging
from harmreduction.directory.queries.imports import ImportView, get_import, mapping_of
from tests.factories import SYSTEM
from tests.pages import PageClient, text_of

PANTRIES = """name,street address,city,state,zip,phone,hours
Example Pantry,100 Example St,Baltimore,MD,21201,410-555-0101,"9:00am-5:00pm, Mon-Fri"
Second Pantry,200 Example St,Baltimore,MD,21202,410-555-0102,
=cmd()|pantry,300 Example St,Baltimore,MD,21201,,
,,,,,410-555-0199,
Example Pantry,100 Example St,Baltimore,MD,21201,410-555-0101,"9:00am-5:00pm, Mon-Fri"
"""


def as_json(*documents: dict[str, Any]) -> bytes:
    """Return services as a JSON file."""
    return json.dumps(list(documents)).encode()


def stage(content: Any, name: str = "file.json", *, source: str = "Example 211", **options: Any) -> ImportView:
    """Read a file, its columns as guessed, and return how far it is."""
    named = imports.SourceNamed(name=source, licence=options.pop("licence", ""))
    import_id = imports.start_import(content, name, named, by=SYSTEM, at=now(), **options)
    view = get_import(import_id)
    if view.state == "mapping":
        imports.map_import(import_id, mapping_of(view), at=now())
    staging.read_import(import_id, by=SYSTEM, content=None if view.entry.content else content)
    return get_import(import_id)


def bring_in(content: Any, name: str = "file.json", **options: Any) -> ImportView:
    """Read a file and let it come in; the view has the counts."""
    retires = options.pop("retires_missing", False)
    view = stage(content, name, **options)
    assert view.state == "ready", view.problem
    public_id = view.entry.public_id
    imports.confirm_import(public_id, seen=view.entry.mark, retires_missing=retires, by=SYSTEM, at=now())
    applying.apply_import(public_id, by=SYSTEM)
    return get_import(public_id)


def upload(client: PageClient, content: bytes | str = PANTRIES, name: str = "pantries.csv", **fields: str) -> str:
    """Send a file and return the address of its page."""
    raw = content.encode() if isinstance(content, str) else content
    data = {"file": (io.BytesIO(raw), name), "name": "Example list", **fields}
    response = client.post("/directory/import", data=data)
    assert response.status_code == 302, text_of(response)
    return str(response.location)


def fields_on(page: str) -> dict[str, Any]:
    """Return what the form on a page would send as it stands."""
    values: dict[str, Any] = {}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r"<option[^>]*\bselected\b[^>]*>", options)
        value = re.search(r'value="([^"]*)"', chosen[0]) if chosen else None
        values[name] = value[1] if value else ""
    return values


def seen_on(page: str) -> str:
    """Return the mark of the preview on a page."""
    found = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    assert found
    return found[1]


def archive(tables: dict[str, str]) -> bytes:
    """Return CSV tables as a ZIP file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, text in tables.items():
            packed.writestr(name, text)
    return stream.getvalue()
