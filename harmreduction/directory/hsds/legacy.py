"""Reading HSDS 1.x and 2.x: their tables are turned into those of 3.x, and these are read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.ids import content_id, stable_id
from harmreduction.directory.hsds.legacy_hours import Row, closures, schedules
from harmreduction.directory.hsds.legacy_rows import CONVERTERS, is_complete_address, renamed
from harmreduction.directory.hsds.problems import Problem
from harmreduction.directory.hsds.structure import ROOT_KINDS, Document, table_name
from harmreduction.directory.hsds.tabular import EXTRA, read_tables

Numbered = list[tuple[int, Row]]  # rows as a spreadsheet counts them: the first below the header is 2

# Legacy table → the table of 3.x that its rows go to.
TABLES_OF_3 = {
    "services_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "physical_addresses": "address",
    "postal_addresses": "address",
    "regular_schedules": "schedule",
    "accessibility_for_disabilities": "accessibility",
    "taxonomy": "taxonomy_term",
    "services_taxonomy": "attribute",
    "service_taxonomy": "attribute",
    "service_attributes": "attribute",
    "other_attributes": "attribute",
}
ONLY_LEGACY = frozenset({*TABLES_OF_3, "holiday_schedules", "eligibility", "payments_accepted"}) - {
    "service_at_locations"  # some 3.x packages name the file so
}
POINTERS = {
    "organization_id": "organization",
    "service_id": "service",
    "location_id": "location",
    "service_at_location_id": "service_at_location",
    "contact_id": "contact",
    "phone_id": "phone",
    "program_id": "program",
    "parent_id": "taxonomy_term",
    "taxonomy_term_id": "taxonomy_term",
}
_INCOMPLETE = message("The address is not complete. It is kept, but it does not count as an address.")
_NO_NUMBER = message("A phone without a number was left out.")
_SAME_ID = message("Another row has the same id. The first one counts.")


def looks_legacy(names: Iterable[str]) -> bool:
    """Say whether these names of tables are of HSDS 1.x or 2.x."""
    return any(name.removesuffix(".csv") in ONLY_LEGACY for name in names)


def read_legacy(tables: Mapping[str, Iterable[Mapping[str, str]]], namespace: UUID) -> Bundle:
    """Return the directory in tables of HSDS 1.x or 2.x.

    Ids become UUIDs, the same at each reading with the same namespace; `source_key` has the old one. What could not
    be read is in `problems`, days with other hours in `closures`.
    """
    return _Legacy(namespace).read({name.removesuffix(".csv"): rows for name, rows in tables.items()})


class _Legacy:
    """One reading: rows of 3.x tables as they come to be."""

    def __init__(self, namespace: UUID) -> None:
        self.namespace = namespace
        self.problems: list[Problem] = []
        self.made: dict[str, list[Row]] = defaultdict(list)
        self.extra: dict[tuple[str, str], Document] = defaultdict(dict)
        self.source_keys: dict[str, str] = {}
        self.loose: dict[str, dict[str, Document]] = defaultdict(dict)

    def read(self, tables: Mapping[str, Iterable[Mapping[str, str]]]) -> Bundle:
        """Return the bundle that the tables make."""
        rows = {name: self._cleaned(name, source) for name, source in tables.items()}
        special = closures(rows.pop("holiday_schedules", []), self.problems)
        self.made["schedule"] += schedules(rows.pop("regular_schedules", []), self.problems)
        eligibility = self._by_service("eligibility", "eligibility", rows.pop("eligibility", []))
        payments = self._by_service("payments_accepted", "payment", rows.pop("payments_accepted", []))
        for name, numbered in rows.items():
            self._take(name, numbered)
        for row in self.made["service"]:
            if row["id"] in eligibility:
                row.setdefault("eligibility_description", "\n".join(eligibility[row["id"]]))
            if row["id"] in payments:
                self.extra["service", row["id"]]["payments_accepted"] = payments[row["id"]]
        return self._bundle(special)

    def _bundle(self, special: list[Any]) -> Bundle:
        bundle = read_tables({**self.made, EXTRA: self._extra_rows()})
        bundle.closures, bundle.problems = special, self.problems
        bundle.loose |= self.loose
        for kind in ROOT_KINDS:
            for key, record in bundle.records(kind).items():
                record.source_key = self.source_keys.get(key, "")
        return bundle

    def _extra_rows(self) -> list[Row]:
        return [{"table": name, "id": key, "json": json.dumps(left)} for (name, key), left in self.extra.items()]

    def _problem(self, path: str, code: str, sentence: Message) -> None:
        self.problems.append(Problem(path=path, code=code, message=sentence))

    def _cleaned(self, name: str, source: Iterable[Mapping[str, str]]) -> Numbered:
        """Return rows without blanks and empty cells, pointing by UUID; rows that say nothing are left out."""
        target = TABLES_OF_3.get(name) or table_name(name) or name
        rows: Numbered = []
        seen: set[str] = set()
        for number, line in enumerate(source, start=2):
            row = {column: _clean(text) for column, text in line.items() if column and text and text.strip()}
            if target not in _LINKING and row.keys() <= _SAY_NOTHING:
                continue
            if row.get("id") in seen and target in ROOT_KINDS:
                self._problem(f"{name}.{number}", "same_id", _SAME_ID)
                continue
            rows.append((number, self._with_ids(name, target, row, seen)))
        return rows

    def _with_ids(self, name: str, target: str, row: Row, seen: set[str]) -> Row:
        """Return a row with UUIDs; one without an id of its own gets one made from what it says."""
        raw, pointed = row.get("id", ""), self._pointed(target, row)
        if not raw or raw in seen:
            return pointed | {"id": content_id(name, pointed, self.namespace)}
        seen.add(raw)
        key = stable_id(self.namespace, target if target in _POINTED_TO else name, raw)
        if target in ROOT_KINDS:
            self.source_keys[key] = f"{name}|{raw}"
        code = {"code": raw} if target == "taxonomy_term" and key != raw.lower() else {}
        return code | pointed | {"id": key}

    def _pointed(self, target: str, row: Row) -> Row:
        """Return a row whose columns point to other rows by UUID."""
        to = dict(POINTERS)
        if target == "attribute":
            to |= {"taxonomy_id": "taxonomy_term", "link_id": row.get("link_entity") or row.get("link_type", "service")}
        elif target == "taxonomy_term":
            to["taxonomy_id"] = "taxonomy"
        return {
            column: stable_id(self.namespace, table_name(to[column]) or to[column], text) if column in to else text
            for column, text in row.items()
        }

    def _by_service(self, name: str, column: str, rows: Numbered) -> dict[str, list[str]]:
        """Return the texts of each service; those that name none are kept loose."""
        texts: dict[str, list[str]] = defaultdict(list)
        for _, row in rows:
            if "service_id" in row and column in row:
                texts[row["service_id"]].append(row[column])
            else:
                self.loose[name][row["id"]] = dict(row)
        return texts

    def _take(self, name: str, rows: Numbered) -> None:
        """Turn the rows of one table into rows of 3.x."""
        target = TABLES_OF_3.get(name) or table_name(name)
        if target is None:
            self.loose[name] |= {row["id"]: dict(row) for _, row in rows}
            return
        for number, row in rows:
            self._take_row(name, target, f"{name}.{number}", renamed(target, row))

    def _take_row(self, name: str, target: str, path: str, row: Row) -> None:
        if target == "phone" and "number" not in row:
            self._problem(path, "missing", _NO_NUMBER)
            return
        made = CONVERTERS[name](row, self.namespace) if name in CONVERTERS else {target: [row]}
        for address in made.get("address", []):
            if not is_complete_address(address):
                self._problem(path, "address_incomplete", _INCOMPLETE)
                self._keep_incomplete(address)
                made = {}
        for table, rows in made.items():
            self.made[table] += rows

    def _keep_incomplete(self, address: Row) -> None:
        """Keep half an address with its place, under a key of ours: the standard has none for it."""
        place = self.extra["location", address.get("location_id", "")]
        place.setdefault("incomplete_addresses", []).append({k: v for k, v in address.items() if k != "location_id"})


_LINKING = frozenset({"service_at_location", "attribute"})  # their rows say enough by pointing
_SAY_NOTHING = frozenset({"id", *POINTERS})
_POINTED_TO = frozenset({*ROOT_KINDS, *POINTERS.values()})


def _clean(text: str) -> str:
    """Return a cell without blanks at its ends, with real line breaks for the two signs that stand for one."""
    return text.replace("\\r\\n", "\n").replace("\\n", "\n").strip()
