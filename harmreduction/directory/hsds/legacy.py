"""Reading HSDS 1.x and 2.x: their tables are turned into those of 3.x, and these are read."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from uuid import UUID

from babel import Locale

from harmreduction.core.messages import message
from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.ids import as_uuid, content_id, stable_id
from harmreduction.directory.hsds.legacy_hours import Row, closures, schedules
from harmreduction.directory.hsds.problems import Problem
from harmreduction.directory.hsds.structure import ROOT_KINDS, TABLES, table_name
from harmreduction.directory.hsds.tabular import EXTRA, read_tables

# Legacy table → the table of 3.x that its rows, and the ids in them, belong to.
_TABLES = {
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
_ONLY_LEGACY = frozenset({*_TABLES, "holiday_schedules", "eligibility", "payments_accepted"}) - {"service_at_locations"}

# Columns that are called otherwise in 3.x.
_RENAMED = {
    "organization": {"url": "website"},
    "service": {"fees": "fees_description"},
    "language": {"language": "name"},
    "accessibility": {"accessibility": "description"},
    "service_area": {"service_area": "name"},
    "taxonomy_term": {"vocabulary": "taxonomy", "term": "name"},
    "attribute": {"taxonomy_detail": "value", "taxonomy_id": "taxonomy_term_id", "link_type": "link_entity"},
}
_LINKS = {"organization": ("website", "logo"), "service": ("url",)}
_SITE = re.compile(r"(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/\S*)?", re.IGNORECASE)
_NEEDED = ("address_1", "city", "state_province", "postal_code", "country")
_INCOMPLETE = message("The address is not complete. It is kept, but it does not count as an address.")
_NO_NUMBER = message("A phone without a number was left out.")
_SAME_ID = message("Another row has the same id. The first one counts.")


def looks_legacy(names: Iterable[str]) -> bool:
    """Say whether these names of tables are of HSDS 1.x or 2.x."""
    return any(name.removesuffix(".csv") in _ONLY_LEGACY for name in names)


def read_legacy(tables: Mapping[str, Iterable[Mapping[str, str]]], namespace: UUID) -> Bundle:
    """Return the directory in tables of HSDS 1.x or 2.x.

    Ids become UUIDs, the same at each reading with the same namespace; `source_key` has the old one. What could not
    be read is in `problems`, days with other hours in `closures`.
    """
    return _Legacy(namespace).read(tables)


class _Legacy:
    """One reading."""

    def __init__(self, namespace: UUID) -> None:
        self.namespace = namespace
        self.problems: list[Problem] = []
        self.made: dict[str, list[Row]] = defaultdict(list)  # 3.x table → rows
        self.extra: dict[tuple[str, str], dict[str, object]] = defaultdict(dict)
        self.source_keys: dict[tuple[str, str], str] = {}
        self.loose: dict[str, dict[str, dict[str, object]]] = {}

    def read(self, tables: Mapping[str, Iterable[Mapping[str, str]]]) -> Bundle:
        sources = {name.removesuffix(".csv"): self._rows(name.removesuffix(".csv"), rows) for name, rows in tables.items()}
        self._give_services(sources, "eligibility", "eligibility", self._eligibility)
        self._give_services(sources, "payments_accepted", "payment", self._payments)
        special = closures(sources.pop("holiday_schedules", []), self.problems)
        self.made["schedule"] += schedules(sources.pop("regular_schedules", []), self.namespace, self.problems)
        for name, rows in sources.items():
            self._take(name, rows)
        bundle = read_tables({**self.made, EXTRA: self._extra_rows()})
        bundle.closures, bundle.problems = special, self.problems
        bundle.loose |= self.loose
        for kind in ROOT_KINDS:
            for key, record in bundle.records(kind).items():
                record.source_key = self.source_keys.get((kind, key), "")
        return bundle
