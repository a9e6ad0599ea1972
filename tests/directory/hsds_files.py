"""The official files of HSDS that tests compare with."""

import csv
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).resolve().parent.parent / "data/hsds"
ROOT_EXAMPLES = {
    "service": "service_full",
    "organization": "organization_full",
    "service_at_location": "service_at_location_full",
    "location": "location",
    "taxonomy": "taxonomy",
    "taxonomy_term": "taxonomy_term",
}


def example(name: str, version: str = "3.2.3") -> Any:
    """Return an official example, or what a list of one holds."""
    document = json.loads((FOLDER / version / f"{name}.json").read_text("utf-8"))
    return document["contents"][0] if "contents" in document else document


def tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return every CSV file of a folder by its name without the ending."""
    return {file.stem: read_csv(file) for file in sorted(folder.glob("*.csv"))}


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


@cache
def official(name: str) -> Any:
    """Return a compiled official schema, or the tabular descriptor."""
    return json.loads(gzip.decompress((FOLDER / f"schemas/{name}.json.gz").read_bytes()))


@cache
def validator(name: str) -> Draft202012Validator:
    """Return the judge of one kind of document: "service", "service_list", "location", …"""
    schema = official(name) if (FOLDER / f"schemas/{name}.json.gz").exists() else _inside(name)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def _inside(name: str) -> Any:
    """Return the schema of what only occurs inside others."""
    if name == "location":
        return official("service_at_location")["properties"]["location"]
    term = official("service")["properties"]["attributes"]["items"]["properties"]["taxonomy_term"]
    return term["properties"]["taxonomy_detail"] if name == "taxonomy" else term


def faults(document: Any, name: str) -> list[str]:
    """Return what the official schema finds wrong in a document."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(document)]
