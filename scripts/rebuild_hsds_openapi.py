"""Write harmreduction/data/hsds_openapi.json.gz: what /hsds/ answers, from the official release and our own parameters.

Run as `.venv/bin/python -m scripts.rebuild_hsds_openapi FOLDER`, where FOLDER holds `schema/` of
openreferral/specification at tag v3.2.3. The official file points into the web for its schemas; ours holds them.
"""

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "harmreduction/data/hsds_openapi.json.gz"
WEB = re.compile(r"https://raw\.githubusercontent\.com/.*/schema/(?:compiled/)?(\w+)\.json")
WHOLE = {"organization": "services", "service_at_location": "service"}  # what compiled schemas add on their way up
CREDIT = (
    "The operations and schemas are those of the Human Services Data Specification: an Open Referral resource "
    "(https://openreferral.org/), CC BY-SA 4.0, cut to what is read here, with parameters of our own: latitude, "
    "longitude, open_now and offers."
)
OURS: dict[str, dict[str, Any]] = {
    "latitude": {"type": "number", "minimum": -90, "maximum": 90},
    "longitude": {"type": "number", "minimum": -180, "maximum": 180},
    "open_now": {"type": "boolean"},
    "offers": {"type": "string"},
}
MEANING = {
    "latitude": "Nearest first from here, together with longitude. `proximity` limits the distance.",
    "longitude": "See latitude.",
    "open_now": "Only what is open now by its own clock.",
    "offers": "Codes of our own terms between commas; all must be there: naloxone,no_id",
}


def main() -> None:
    """Read the official files and write ours."""
    schemas = Path(sys.argv[1]) / "schema"
    document = json.loads((schemas / "openapi.json").read_text("utf-8"))
    document["info"]["description"] = CREDIT
    document["paths"] = {path: {"get": operations["get"]} for path, operations in document["paths"].items()}
    components = document["components"]
    for file in sorted(schemas.glob("*.json")):
        if file.stem != "openapi":
            components["schemas"][file.stem] = json.loads(file.read_text("utf-8"))
    for name, added in WHOLE.items():
        components["schemas"][f"{name}_full"] = _whole(components["schemas"][name], added)
    components["parameters"] |= {name: _parameter(name) for name in OURS}
    for path in ("/services", "/service_at_locations"):
        ours = [*OURS, "proximity"] if path == "/services" else [*OURS]
        document["paths"][path]["get"]["parameters"] += [{"$ref": f"#/components/parameters/{name}"} for name in ours]
    text = json.dumps(_local(document), ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))


def _whole(schema: dict[str, Any], added: str) -> dict[str, Any]:
    """Return the compiled form of a schema, which also holds what stands above it in the tree."""
    service: dict[str, Any] = {"$ref": "service.json"}
    value = {"type": "array", "items": service} if added == "services" else service
    return {**schema, "properties": {**schema["properties"], added: value}}


def _parameter(name: str) -> dict[str, Any]:
    """Return one of our own parameters."""
    return {"name": name, "in": "query", "description": MEANING[name], "required": False, "schema": OURS[name]}


def _local(value: Any) -> Any:
    """Return the document with every reference pointing into itself."""
    if isinstance(value, list):
        return [_local(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _reference(item) if key == "$ref" else _local(item) for key, item in value.items()}


def _reference(target: str) -> str:
    """Return where a schema stands in this document; lists are checked by the schema of what they list."""
    if target.startswith("#"):
        return target
    found = WEB.fullmatch(target)
    name = (found[1] if found else target.removesuffix(".json")).removesuffix("_list")
    is_compiled = found is not None and "/compiled/" in target
    return f"#/components/schemas/{name}_full" if is_compiled and name in WHOLE else f"#/components/schemas/{name}"


if __name__ == "__main__":
    main()
