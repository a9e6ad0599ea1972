"""Reading what 211 lines export from iCarol: agencies, programs, sites, and programs at sites, in one wide table.

Each block of columns says whether it is private; private blocks are never read into a record.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.reading.hidden import HiddenAddress
from harmreduction.directory.reading.icarol_privacy import (
    ADDRESS_BLOCK,
    hidden_address,
    reasons_for,
    without_private_blocks,
    without_told,
)
from harmreduction.directory.reading.icarol_records import Builder, Cells, Level, level_of, numbers_in
from harmreduction.directory.reading.places import Places
from harmreduction.directory.reading.records import register_our_terms
from harmreduction.directory.reading.results import Gazetteer, ReadRow, Verdict
from harmreduction.directory.reading.table import PlainTable


@dataclass(frozen=True)
class _Line:
    """One row of the export, without what is private."""

    row_number: int
    number: str
    level: Level
    cells: Cells
    left_out: set[str]
    told: set[str] = field(default_factory=set)


@dataclass
class _Place:
    record: Record
    is_private: bool
    is_middle: bool


@dataclass
class _Part:
    """What a row becomes."""

    bundle: Bundle = field(default_factory=Bundle)
    confidential: set[str] = field(default_factory=set)
    position_from: dict[str, str] = field(default_factory=dict)

    def add_place(self, place: _Place) -> None:
        """Add a place with what is known about it."""
        self.bundle.add("location", place.record)
        if place.is_private:
            self.confidential.add(place.record.id)
        if place.is_middle:
            self.position_from[place.record.id] = "gazetteer"


def read_icarol(table: PlainTable, namespace: UUID, gazetteer: Gazetteer) -> Iterator[ReadRow]:
    """Yield what becomes of each row."""
    lines: dict[str, _Line] = {}
    refused: list[ReadRow] = []
    hidden: dict[str, HiddenAddress] = {}
    for raw in table.rows():
        cells, left_out = without_private_blocks(raw.cells)
        number, name = cells.get("resourceagencynum", ""), cells.get("publicname", "")
        problem = raw.problem or _problem(number, name, lines)
        if problem is None:
            lines[number] = _Line(raw.number, number, level_of(cells), cells, left_out)
            if ADDRESS_BLOCK in left_out:
                hidden[number] = hidden_address(raw.cells)
        else:
            verdict = Verdict.REPEATED if _repeats(lines.get(number), cells, left_out) else Verdict.REFUSED
            refused.append(ReadRow(row_number=raw.number, name=name, verdict=verdict, key="", reasons=[problem]))
    lines = _keeping_addresses(lines, hidden)
    reader = _Export(lines, Builder(namespace, Places(gazetteer)))
    yield from sorted([*map(reader.row, lines.values()), *refused], key=lambda row: row.row_number)


def _keeping_addresses(lines: dict[str, _Line], hidden: dict[str, HiddenAddress]) -> dict[str, _Line]:
    """Return the rows without what tells the private address of a row of the same agency."""
    of_agency: dict[str, list[HiddenAddress]] = defaultdict(list)
    for number, address in hidden.items():
        of_agency[_top(lines[number], lines)[-1]].append(address)
    kept = {}
    for number, line in lines.items():
        cells, told = without_told(line.cells, hidden.get(number), of_agency.get(_top(line, lines)[-1], ()))
        kept[number] = replace(line, cells=cells, told=told)
    return kept


def _top(line: _Line, lines: dict[str, _Line]) -> list[str]:
    """Return the numbers of a row, its parent, and so on up to its agency; the last may be no row of the file."""
    found = [line.number]
    while parents := [n for n in numbers_in(line.cells.get("parentagencynum", "")) if n not in found]:
        found.append(parents[0])
        if parents[0] not in lines:
            break
        line = lines[parents[0]]
    return found


def _repeats(earlier: _Line | None, cells: Cells, left_out: set[str]) -> bool:
    return earlier is not None and earlier.cells == cells and earlier.left_out == left_out


def _problem(number: str, name: str, lines: dict[str, _Line]) -> Message | None:
    if not number or not name:
        return message("It has no number or no name.")
    if number in lines:
        return message("Row %(row)s has the same number. The first one counts.", row=lines[number].row_number)
    return None


class _Export:
    """All rows of an export, which name each other by number."""

    def __init__(self, lines: dict[str, _Line], builder: Builder) -> None:
        self._lines = lines
        self._builder = builder

    def row(self, line: _Line) -> ReadRow:
        """Return what becomes of a row."""
        part = _Part()
        {
            Level.AGENCY: self._agency,
            Level.PROGRAM: self._program,
            Level.SITE: self._site,
            Level.PROGRAM_AT_SITE: self._program_at_site,
        }[line.level](line, part)
        for service in part.bundle.services.values():
            register_our_terms(part.bundle, service.document)
            _register_terms(part.bundle, service)
        reasons = reasons_for(line.left_out, line.told)
        return ReadRow(
            row_number=line.row_number,
            name=line.cells["publicname"],
            verdict=Verdict.REDACTED if reasons else Verdict.ACCEPTED,
            key=line.number,
            reasons=reasons,
            bundle=part.bundle,
            confidential=part.confidential,
            position_from=part.position_from,
        )

    def _agency(self, line: _Line, part: _Part) -> None:
        """An agency is an organisation; one with codes of its own offers something itself."""
        owner = self._builder.organization(line.number, line.cells)
        part.bundle.add("organization", owner)
        if line.cells.get("taxonomycodes"):
            self._add_service(line, part, [line])

    def _program(self, line: _Line, part: _Part) -> None:
        sites = [self._lines[n] for n in numbers_in(line.cells.get("connectstositenum", "")) if n in self._lines]
        self._add_service(line, part, sites or [line])

    def _site(self, line: _Line, part: _Part) -> None:
        owner = self._owner(line)
        part.bundle.add("organization", owner)
        if place := self._place(line, owner):
            part.add_place(place)
        for number in numbers_in(line.cells.get("connectstoprogramnum", "")):
            if number in self._lines:
                self._add_service(self._lines[number], part, [line])

    def _program_at_site(self, line: _Line, part: _Part) -> None:
        """A program at a site joins the two; what it lacks in the file, it stands for itself."""
        programs = [self._lines[n] for n in numbers_in(line.cells.get("connectstoprogramnum", "")) if n in self._lines]
        sites = [self._lines[n] for n in numbers_in(line.cells.get("connectstositenum", "")) if n in self._lines]
        for program in programs or [line]:
            self._add_service(program, part, sites or [line])

    def _add_service(self, program: _Line, part: _Part, sites: list[_Line]) -> None:
        owner = self._owner(program)
        part.bundle.add("organization", owner)
        service = self._builder.service(program.number, program.cells)
        service.organization_id = owner.id
        part.bundle.add("service", service)
        for site in sites:
            place = self._place(site, self._owner(site))
            if place is None:
                continue
            part.add_place(place)
            key = self._builder.pair_id(service, place.record)
            pair = Record(id=key, document={"id": key}, service_id=service.id, location_id=place.record.id)
            part.bundle.add("service_at_location", pair)

    def _place(self, line: _Line, owner: Record) -> _Place | None:
        is_private = ADDRESS_BLOCK in line.left_out
        record, is_middle = self._builder.location(line.number, line.cells, is_private=is_private)
        if record is None:
            return None
        record.organization_id = owner.id
        return _Place(record, is_private, is_middle)

    def _owner(self, line: _Line) -> Record:
        """Return the agency of a row: its parent, up to the top, or else itself."""
        *below, top = _top(line, self._lines)
        if top in self._lines:
            return self._builder.organization(top, self._lines[top].cells)
        named = {"publicname": self._lines[below[-1]].cells.get("parentagency", top)}
        return self._builder.organization(top, named)


def _register_terms(bundle: Bundle, service: Record) -> None:
    """Note the terms that a service names as records of their own."""
    for attribute in service.document.get("attributes", []):
        term = attribute["taxonomy_term"]
        if term["id"] not in bundle.taxonomy_terms:
            bundle.taxonomy_terms[term["id"]] = Record(id=term["id"], document=term)
