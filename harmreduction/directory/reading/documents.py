"""Reading what speaks HSDS already: JSON and tables of 3.x, tables of 1.x and 2.x; one row for each service."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from json import dumps
from typing import Any
from uuid import UUID

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.bundle import Bundle, Closure, Record
from harmreduction.directory.hsds.checks import check
from harmreduction.directory.hsds.ids import with_stable_ids
from harmreduction.directory.hsds.legacy import read_legacy
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.hsds.problems import Problem
from harmreduction.directory.hsds.structure import ROOT_KINDS, RootKind
from harmreduction.directory.hsds.tabular import read_tables
from harmreduction.directory.reading.content import BadLine, open_tables
from harmreduction.directory.reading.records import register_our_terms
from harmreduction.directory.reading.redacting import redact
from harmreduction.directory.reading.results import Content, FileFormat, ReadRow, Verdict
from harmreduction.directory.reading.sniffing import documents_in, json_lines, kind_of_document, load_json
from harmreduction.directory.terms_as_attributes import crosswalk_codes, with_terms

BY_WEIGHT: tuple[RootKind, ...] = (
    "service",
    "organization",
    "location",
    "taxonomy",
    "taxonomy_term",
    "service_at_location",
)
MOST_PROBLEMS = 10  # of one row; more are of the same kind


def read_json(content: Content, file_format: FileFormat, namespace: UUID) -> Iterator[ReadRow]:
    """Yield the services in HSDS JSON, nested or flat, one value or one a line."""
    if file_format is FileFormat.HSDS_NDJSON:
        numbered: Iterable[tuple[int, Any]] = json_lines(content)
    else:
        numbered = enumerate(documents_in(load_json(content)), start=1)
    seen: dict[bytes, int] = {}
    for number, document in numbered:
        yield from _rows_of_document(number, document, namespace, seen)


def read_table_files(content: Content, file_format: FileFormat, namespace: UUID) -> Iterator[ReadRow]:
    """Yield the services in tables of HSDS."""
    tables = open_tables(content)
    bundle = read_legacy(tables, namespace) if file_format is FileFormat.LEGACY_TABLES else _of_3(tables, namespace)
    rows = 0
    for rows, part in enumerate(parts(bundle), start=1):
        yield _row(rows, part)
    for bad in (line for table in tables.values() for line in table.bad):
        rows += 1
        yield _bad(rows, bad)
    yield from _problems(bundle.problems, rows)


def parts(bundle: Bundle) -> Iterator[Bundle]:
    """Yield each service of a bundle with all that it points to; then what no service points to."""
    pairs: dict[str | None, list[Record]] = defaultdict(list)
    closures: dict[str | None, list[Closure]] = defaultdict(list)
    for pair in bundle.service_at_locations.values():
        pairs[pair.service_id].append(pair)
    for closure in bundle.closures:
        closures[_service_of(closure, bundle)].append(closure)
    taken: set[str] = set()
    for service in bundle.services.values():
        part = _around(bundle, service, pairs[service.id])
        part.closures = closures[service.id]
        taken.update(key for kind in ROOT_KINDS for key in part.records(kind))
        yield part
    yield from _left(bundle, taken, closures[None])


def _of_3(tables: Mapping[str, Iterable[Mapping[str, str]]], namespace: UUID) -> Bundle:
    """Read tables of 3.x; ids that are no UUIDs become some."""
    bundle = read_tables(tables)
    return bundle if all(_has_uuid(key) for key in bundle.services) else _with_uuids(bundle, namespace)


def _has_uuid(key: str) -> bool:
    try:
        return str(UUID(key)) == key.lower()
    except ValueError:
        return False


def _with_uuids(bundle: Bundle, namespace: UUID) -> Bundle:
    """Return a bundle in which every id is a UUID, and every record points to the new ids."""
    changed = Bundle(loose=bundle.loose, problems=bundle.problems)
    new = {
        (kind, key): str(with_stable_ids({"id": key}, kind, namespace)["id"])
        for kind in ROOT_KINDS
        for key in bundle.records(kind)
    }
    for kind in ROOT_KINDS:
        for key, record in bundle.records(kind).items():
            changed.add(kind, _moved(record, kind, new, namespace, key))
    return changed


def _moved(record: Record, kind: RootKind, new: dict[tuple[RootKind, str], str], namespace: UUID, key: str) -> Record:
    def of(table: RootKind, old: str | None) -> str | None:
        return new.get((table, old), old) if old else None

    return Record(
        id=new[kind, key],
        document=with_stable_ids(record.document, kind, namespace),
        organization_id=of("organization", record.organization_id),
        service_id=of("service", record.service_id),
        location_id=of("location", record.location_id),
        location_ids=[new.get(("location", place), place) for place in record.location_ids],
        source_key=record.source_key or f"{kind}|{key}"[:160],
    )


def _rows_of_document(number: int, document: Any, namespace: UUID, seen: dict[bytes, int]) -> Iterator[ReadRow]:
    kind = kind_of_document(document)
    name = str(document.get("name", "")) if isinstance(document, dict) else ""
    if kind is None:
        reason = message("This is no record of the standard: it needs an id, a name, and what makes it one.")
        yield ReadRow(row_number=number, name=name, verdict=Verdict.REFUSED, key="", reasons=[reason])
        return
    digest = blake2b(dumps(document, sort_keys=True).encode(), digest_size=16).digest()
    earlier = seen.setdefault(digest, number)
    if earlier != number:
        reason = message("It is the same as row %(row)s.", row=earlier)
        yield ReadRow(row_number=number, name=name, verdict=Verdict.REPEATED, key="", reasons=[reason])
        return
    fixes, hints = _findings(check(document, kind))
    whole = split(with_stable_ids(document, kind, namespace), kind)
    for part in parts(whole):
        yield _row(number, part, fixes=fixes, hints=hints)


def _row(number: int, part: Bundle, *, fixes: Iterable[Message] = (), hints: Iterable[Message] = ()) -> ReadRow:
    """Return the row of one service, or of records that no service points to."""
    record = _main(part)
    for service in part.services.values():
        service.document = with_terms(service.document, crosswalk_codes(service.document))
        register_our_terms(part, service.document)
    private, told = redact(part)
    fixes = list(fixes)
    if columns := ", ".join(sorted(told)):
        sentence = message("Not published, because it tells the private address: %(columns)s.", columns=columns)
        hints = [sentence, *hints]
    if private:
        hints = [message("The address is private, so it is left out."), *hints]
    verdict = Verdict.FIXED if fixes else Verdict.ACCEPTED
    return ReadRow(
        row_number=number,
        name=str(record.document.get("name") or ", ".join(part.loose)) if record else ", ".join(part.loose),
        verdict=Verdict.REDACTED if private else verdict,
        key=(record.source_key or record.id) if record else "loose",
        reasons=[*fixes, *hints],
        bundle=part,
        confidential=private,
    )


def _main(part: Bundle) -> Record | None:
    """Return what a part is about."""
    for kind in BY_WEIGHT:
        for record in part.records(kind).values():
            return record
    return None


def _around(bundle: Bundle, service: Record, pairs: list[Record]) -> Bundle:
    part = Bundle()
    part.services[service.id] = service
    for pair in pairs:
        part.service_at_locations[pair.id] = pair
        if place := bundle.locations.get(pair.location_id or ""):
            part.locations[place.id] = place
    owners = {service.organization_id, *(place.organization_id for place in part.locations.values())}
    for key in owners:
        if owner := bundle.organizations.get(key or ""):
            part.organizations[owner.id] = owner
    _add_terms(bundle, part)
    return part


def _add_terms(bundle: Bundle, part: Bundle) -> None:
    """Add the terms and taxonomies that the documents of a part name."""
    for kind in ROOT_KINDS:
        for record in list(part.records(kind).values()):
            for attribute in record.document.get("attributes") or []:
                term = attribute.get("taxonomy_term") if isinstance(attribute, dict) else None
                _add_term(bundle, part, term if isinstance(term, dict) else {})


def _add_term(bundle: Bundle, part: Bundle, term: Mapping[str, Any]) -> None:
    known = bundle.taxonomy_terms.get(str(term.get("id")))
    if known is None:
        return
    part.taxonomy_terms[known.id] = known
    detail = term.get("taxonomy_detail")
    if isinstance(detail, dict) and (taxonomy := bundle.taxonomies.get(str(detail.get("id")))):
        part.taxonomies[taxonomy.id] = taxonomy


def _left(bundle: Bundle, taken: set[str], closures: list[Closure]) -> Iterator[Bundle]:
    """Yield each organisation and place that no service points to, then all the rest at once."""
    for organization in bundle.organizations.values():
        if organization.id not in taken:
            part = Bundle(organizations={organization.id: organization})
            listed = [key for key in organization.location_ids if key in bundle.locations and key not in taken]
            part.locations = {key: bundle.locations[key] for key in listed}
            taken.update(part.locations)
            yield part
    for place in bundle.locations.values():
        if place.id not in taken:
            yield Bundle(locations={place.id: place})
    rest = Bundle(loose=bundle.loose, closures=closures)
    for kind in BY_WEIGHT[3:]:
        rest.records(kind).update({key: it for key, it in bundle.records(kind).items() if key not in taken})
    if rest.loose or rest.closures or _main(rest):
        yield rest


def _service_of(closure: Closure, bundle: Bundle) -> str | None:
    pair = bundle.service_at_locations.get(closure.service_at_location_id or "")
    found = closure.service_id or (pair.service_id if pair else None)
    return found if found in bundle.services else None


def _findings(problems: Iterable[Problem]) -> tuple[list[Message], list[Message]]:
    """Return what reading puts right by itself (nulls), and what it leaves as it is, each kind once."""
    nulls, others = False, {}
    for problem in problems:
        if problem.code == "null":
            nulls = True
        else:
            path = re.sub(r"\.\d+", "", problem.path)
            others[path, problem.code] = message("%(path)s: %(problem)s", path=path, problem=problem.message)
    fixes = [message("Fields with nothing in them (null) are left out.")] if nulls else []
    return fixes, list(others.values())[:MOST_PROBLEMS]


def _bad(number: int, bad: BadLine) -> ReadRow:
    reason = message("%(table)s, row %(row)s: %(problem)s", table=bad.table, row=bad.number, problem=bad.reason)
    return ReadRow(row_number=number, name=bad.table, verdict=Verdict.REFUSED, key="", reasons=[reason])


def _problems(problems: Iterable[Problem], rows: int) -> Iterator[ReadRow]:
    """Yield one row for each kind of problem in a table, saying in which rows it is."""
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    sentences: dict[tuple[str, str], Message] = {}
    for problem in problems:
        table, _, row = problem.path.partition(".")
        where[table, problem.code].append(row)
        sentences.setdefault((table, problem.code), problem.message)
    for number, ((table, code), places) in enumerate(where.items(), start=rows + 1):
        shown = ", ".join(places[:MOST_PROBLEMS]) + (" …" if len(places) > MOST_PROBLEMS else "")
        reason = message(
            "%(table)s, %(count)s rows (%(rows)s): %(problem)s",
            table=table,
            count=len(places),
            rows=shown,
            problem=sentences[table, code],
        )
        yield ReadRow(
            row_number=number,
            name=table,
            verdict=Verdict.ACCEPTED,
            key=f"{table}|{code}",
            reasons=[reason],
            bundle=Bundle(),
        )
