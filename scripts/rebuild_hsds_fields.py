"""Write harmreduction/data/hsds_fields.json: the tables and fields of HSDS, from the official release.

Run as `.venv/bin/python -m scripts.rebuild_hsds_fields FOLDER`, where FOLDER holds `schema/` and
`examples/csv/datapackage.json` of openreferral/specification at tag v3.2.3.
"""

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "harmreduction/data/hsds_fields.json"

# What the compiled schemas add to the sources: the way back up the tree.
NESTED_MORE = {"organization": {"services": "service"}}
NESTED_ONE_MORE = {"service_at_location": {"service": "service"}}


def main() -> None:
    """Read the official files and write ours."""
    folder = Path(sys.argv[1])
    package = json.loads((folder / "examples/csv/datapackage.json").read_text())
    tables = {resource["name"]: table(folder, resource) for resource in package["resources"]}
    TARGET.write_text(layout(tables))


def table(folder: Path, resource: dict[str, Any]) -> dict[str, Any]:
    """Return one table: its file, its columns, and what is nested in its objects."""
    name, columns = resource["name"], resource["schema"]["fields"]
    schema = json.loads((folder / f"schema/{name}.json").read_text())
    constraints = {column["name"]: column["constraints"] for column in columns}
    return {
        "file": resource["path"].removesuffix(".csv"),
        "fields": {column["name"]: kind(column) for column in columns},
        "choices": {name: rule["enum"] for name, rule in constraints.items() if "enum" in rule},
        "required": schema["required"],
        "required_in_tables": [name for name, rule in constraints.items() if rule["required"]],
        "references": {
            key["fields"]: key["reference"]["resource"] for key in resource["schema"].get("foreignKeys", [])
        },
        "many": nested(schema, "items") | NESTED_MORE.get(name, {}),
        "one": nested(schema, None) | NESTED_ONE_MORE.get(name, {}),
    }


def kind(column: dict[str, Any]) -> str:
    """Return the type of a column, or its format where that says more: "string", "uuid", "number", "date" …."""
    return str(column.get("format") or column["type"])


def nested(schema: dict[str, Any], inside: str | None) -> dict[str, str]:
    """Return which properties hold objects of which table, in lists (inside "items") or singly."""
    found = {}
    for name, rule in schema["properties"].items():
        target = (rule.get(inside, {}) if inside else rule).get("$ref")
        if target:
            found[name] = target.removesuffix(".json")
    return found


def layout(tables: dict[str, Any]) -> str:
    """Return JSON with one line for each property of a table, so that a change can be read."""
    blocks = []
    for name, rules in tables.items():
        lines = ",\n".join(f'    "{key}": {json.dumps(value)}' for key, value in rules.items())
        blocks.append(f'  "{name}": {{\n{lines}\n  }}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


if __name__ == "__main__":
    main()
