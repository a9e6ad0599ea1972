"""Reading a plain table: one row is one service at one place."""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from uuid import UUID

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.reading.cells import joined, says_yes
from harmreduction.directory.reading.hidden import HiddenAddress
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping
from harmreduction.directory.reading.names import email_in, name_of, phones_of, place_name_of, website_in
from harmreduction.directory.reading.places import Places
from harmreduction.directory.reading.positions import SharedPoints
from harmreduction.directory.reading.records import Document, Maker, bundle_of, filled, organization_record
from harmreduction.directory.reading.results import Gazetteer, ReadRow, Verdict
from harmreduction.directory.reading.row import Row
from harmreduction.directory.reading.table import PlainTable, RawRow
from harmreduction.directory.reading.where import Finder, Whereabouts
from harmreduction.directory.reading.words import terms_in
from harmreduction.directory.terms_as_attributes import with_terms

NOTHING = message("There is no name, address or position in it.")
ONLY_ORGANIZATION = message("There is only an organization in it, and no service, address or position.")


class PlainReader:
    """Reads the rows of one table."""

    def __init__(self, table: PlainTable, mapping: PlainMapping, namespace: UUID, gazetteer: Gazetteer) -> None:
        self._table = table
        self._mapping = mapping
        self._namespace = namespace
        self._places = Places(gazetteer)
        self._seen: dict[bytes, int] = {}
        self._seen_but_for_id: dict[bytes, int] = {}
        self._keys: Counter[str] = Counter()

    def rows(self) -> Iterator[ReadRow]:
        """Yield what becomes of each row."""
        shared, self._has_ids = self._look_through()
        finder = Finder(self._mapping, self._places, shared)
        for raw in self._table.rows():
            yield self._row(raw, finder)

    def _look_through(self) -> tuple[SharedPoints, bool]:
        """Learn what no row tells alone: points that stand for "not known", and whether ids tell rows apart."""
        shared, ids = SharedPoints(), Counter[str]()
        columns = self._mapping.columns
        north, east = columns(ColumnUse.LATITUDE), columns(ColumnUse.LONGITUDE)
        streets = (*columns(ColumnUse.ADDRESS_1), *columns(ColumnUse.WHOLE_ADDRESS), *columns(ColumnUse.NAME))
        for raw in self._table.rows():
            latitude, longitude = _first(raw, north), _first(raw, east)
            if latitude or longitude:
                shared.note(latitude, longitude, _first(raw, streets))
            ids[_first(raw, columns(ColumnUse.SOURCE_ID)).strip()] += 1
        most = ids.most_common(1)
        return shared, bool(most) and most[0][1] == 1 and "" not in ids

    def _row(self, raw: RawRow, finder: Finder) -> ReadRow:
        if raw.problem is not None:
            return _refused(raw.number, "", raw.problem)
        row = Row(raw, self._mapping)
        where = finder.find(row)  # every row, so that ZIPs can be compared with the row above
        if says_yes(row.get(ColumnUse.CONFIDENTIAL)):
            row.hold_back(HiddenAddress.of(where.address.street or where.address.street_2, where.address.postal_code))
        earlier = self._earlier(row)
        name = name_of(row, where.address, self._mapping)
        if earlier is not None:
            return ReadRow(
                row_number=row.number,
                name=name,
                verdict=Verdict.REPEATED,
                key="",
                reasons=[message("It is the same as row %(row)s.", row=earlier)],
            )
        if not name:
            organization = row.get(ColumnUse.ORGANIZATION)
            return _refused(row.number, organization, ONLY_ORGANIZATION if organization else NOTHING)
        return self._accepted(row, where, name)

    def _earlier(self, row: Row) -> int | None:
        """Return the row that says the same, if there is one; name in it one that differs in its id alone."""
        ids = set(self._mapping.columns(ColumnUse.SOURCE_ID))
        digest, but_for_id = _digest(row, set()), _digest(row, ids)
        earlier = self._seen.setdefault(digest, row.number)
        if earlier != row.number:
            return earlier
        alike = self._seen_but_for_id.setdefault(but_for_id, row.number)
        if alike != row.number:
            row.hints.append(message("It is the same as row %(row)s but for its id.", row=alike))
        return None

    def _accepted(self, row: Row, where: Whereabouts, name: str) -> ReadRow:
        key = self._key(row, where, name)
        is_private = says_yes(row.get(ColumnUse.CONFIDENTIAL))
        bundle = self._bundle(row, where, name, Maker(self._namespace, key), is_private=is_private)
        places = set(bundle.locations)
        if is_private:
            row.hints.insert(0, message("The address is private. It is kept and never published."))
        verdict = Verdict.FIXED if row.fixes else Verdict.ACCEPTED
        return ReadRow(
            row_number=row.number,
            name=name,
            verdict=Verdict.REDACTED if is_private else verdict,
            key=key,
            reasons=[*row.fixes, *row.hints],
            bundle=bundle,
            confidential=places if is_private else set(),
            position_from=dict.fromkeys(places, "gazetteer") if where.from_gazetteer else {},
        )

    def _key(self, row: Row, where: Whereabouts, name: str) -> str:
        """Return what the row is called in every edition of the file: its id, or else name and address.

        The ZIP is no part of it, because ZIPs are what gets repaired.
        """
        own = row.get(ColumnUse.SOURCE_ID)
        if self._has_ids and own:
            return own
        address = where.address
        parts = (own, name, address.street, address.street_2, address.city, address.state)
        key = "|".join(" ".join(part.lower().split()) for part in parts)
        self._keys[key] += 1
        return key if self._keys[key] == 1 else f"{key}|{self._keys[key]}"

    def _bundle(self, row: Row, where: Whereabouts, name: str, maker: Maker, *, is_private: bool) -> Bundle:
        location = self._location(row, where, name, maker, is_private=is_private)
        named = row.get(ColumnUse.ORGANIZATION) or self._mapping.organization_name
        named = named or row.get(ColumnUse.NAME) or row.get(ColumnUse.KIND) or self._mapping.fallback_name
        offered_by = named or name  # the name that a row without one gets holds its street, and would change with it
        document = self._service(row, where, name, maker, is_private=is_private)
        service = Record(id=document["id"], document=document, source_key=f"service|{maker.key}"[:160])
        return bundle_of(
            organization=organization_record(self._namespace, offered_by),
            service=service,
            location=location,
            pair_id=maker.id("service_at_location"),
        )

    def _service(self, row: Row, where: Whereabouts, name: str, maker: Maker, *, is_private: bool) -> Document:
        document = filled(
            id=maker.id("service"),
            name=name,
            status=self._mapping.status,
            **_descriptions(row, is_private=is_private),
            url=website_in(row),
            email=email_in(row),
            eligibility_description=joined(row.all(ColumnUse.ELIGIBILITY)),
            fees_description=joined(row.all(ColumnUse.FEES)),
            phones=maker.phones(phones_of(row)),
            schedules=maker.schedules(joined(row.all(ColumnUse.HOURS))),
            languages=maker.languages(joined(row.all(ColumnUse.LANGUAGES), "; ")),
            contacts=maker.contacts(row.get(ColumnUse.CONTACT)),
        )
        rest = row.rest(
            with_address=not is_private and not where.address.is_whole,
            with_position=not is_private and where.position_dropped,
        )
        words = joined(row.all(ColumnUse.OFFERS, ColumnUse.KIND, ColumnUse.FEES))
        document = with_terms(document, {*self._mapping.terms, *terms_in(words)})
        return document | ({"source_row": rest} if rest else {})

    def _location(self, row: Row, where: Whereabouts, name: str, maker: Maker, *, is_private: bool) -> Record | None:
        """Return the place; what is known of half an address becomes its description."""
        address = where.address
        line = address.line if address.names_a_place else ""
        if not line and not where.position and not row.get(ColumnUse.NAME_2):
            return None
        document = maker.location(
            name=place_name_of(row, address, name),
            description="" if address.is_whole else line,
            address=address,
            position=None if is_private and where.from_gazetteer else where.position,
        )
        return Record(id=document["id"], document=document, source_key=f"location|{maker.key}"[:160])


def _descriptions(row: Row, *, is_private: bool) -> Document:
    """Return what describes a service; of one at a private address the free text stays private ("_")."""
    if not is_private:
        told = joined(row.all(ColumnUse.DESCRIPTION, ColumnUse.KIND, ColumnUse.OFFERS, ColumnUse.NOTES))
        return filled(description=told, _notes=joined(row.all(ColumnUse.PRIVATE_NOTES)))
    return filled(
        description=joined(row.all(ColumnUse.KIND, ColumnUse.OFFERS)),
        _description=joined(row.all(ColumnUse.DESCRIPTION)),
        _notes=joined(row.all(ColumnUse.NOTES, ColumnUse.PRIVATE_NOTES)),
        _held_back="\n".join(f"{column}: {cell}" for column, cell in row.held.items()),
    )


def _first(raw: RawRow, columns: tuple[str, ...]) -> str:
    return next((raw.cells[column] for column in columns if raw.cells.get(column, "").strip()), "")


def _digest(row: Row, without: set[str]) -> bytes:
    told = "\x1f".join(f"{column}\x1e{cell}" for column, cell in row.cells.items() if cell and column not in without)
    return blake2b(told.encode(), digest_size=16).digest()


def _refused(number: int, name: str, reason: Message) -> ReadRow:
    return ReadRow(row_number=number, name=name, verdict=Verdict.REFUSED, key="", reasons=[reason])
