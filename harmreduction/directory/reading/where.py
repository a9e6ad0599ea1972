"""Where a row of a plain table is: its address, its ZIP and its position, weighed against each other."""

from dataclasses import dataclass, replace

from harmreduction.core.messages import Message, message
from harmreduction.directory.gazetteer import Place
from harmreduction.directory.place_names import fold
from harmreduction.directory.reading.addresses import Address, country_code, split_city, state_code, take_apart
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping
from harmreduction.directory.reading.places import Places, Position
from harmreduction.directory.reading.positions import SharedPoints, read_position
from harmreduction.directory.reading.postal import DraggedZips, PostalCode, check_place, read_postal_code
from harmreduction.directory.reading.row import Row


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Where a row is. from_gazetteer: the position is the middle of a ZIP area or town. dropped: the row's own was."""

    address: Address
    position: Position | None
    from_gazetteer: bool
    position_dropped: bool


class Finder:
    """Reads where rows are, one after the other: ZIPs that were counted up show only from row to row."""

    def __init__(self, mapping: PlainMapping, places: Places, shared: SharedPoints) -> None:
        self._mapping = mapping
        self._places = places
        self._shared = shared
        self._dragged = DraggedZips(places)

    def find(self, row: Row) -> Whereabouts:
        """Return where a row is, and name in it what was put right or looks wrong."""
        address = self._address(row)
        code = self._postal_code(row, address)
        address = replace(address, postal_code=code.code)
        row.fixes += code.fixes
        row.hints += code.hints
        if hint := check_place(code, address.city, address.state, self._places):
            row.hints.append(hint)
        return self._position(row, address, code)

    def _address(self, row: Row) -> Address:
        """Return the parts of the address, from many cells or from one."""
        city, state = row.get(ColumnUse.CITY), state_code(row.get(ColumnUse.STATE))
        if not state:
            city, state = split_city(city)
        written = row.get(ColumnUse.ADDRESS_1)
        whole = row.get(ColumnUse.WHOLE_ADDRESS)
        if whole and (not written or (not city and whole != written)):
            written = whole
        state = state or ("" if self._ends_with_state(written) else self._mapping.default_state)
        parts = self._parts(row, written, city, state)
        default = self._mapping.default_country
        return replace(
            parts,
            street_2=row.get(ColumnUse.ADDRESS_2) or parts.street_2,
            county=row.get(ColumnUse.COUNTY),
            country=country_code(row.get(ColumnUse.COUNTRY) or parts.country, parts.state, default),
        )

    def _parts(self, row: Row, written: str, city: str, state: str) -> Address:
        """Take a text apart where more than a street stands in it."""
        if not written or (city and not self._holds_more(written, city)):
            return Address(street=written, city=city, state=state)
        parts = take_apart(written, self._places, city=city, state=state)
        if city:
            row.fixes.append(message("The street had the town in it, which stands in a column of its own."))
        return parts

    def _holds_more(self, written: str, city: str) -> bool:
        """Say whether a street has its town or ZIP behind it."""
        if "," not in written:
            return False
        return fold(written).endswith(fold(city)) or bool(take_apart(written, self._places).postal_code)

    def _ends_with_state(self, text: str) -> bool:
        return bool(text) and bool(take_apart(text, self._places).state)

    def _postal_code(self, row: Row, address: Address) -> PostalCode:
        """Return the code of its column, or else the one in the address."""
        written = row.get(ColumnUse.POSTAL_CODE)
        code = read_postal_code(written, row.get(ColumnUse.POSTAL_SUFFIX), address.state, self._places)
        code = self._dragged.put_right(code, address.city, address.state)
        inside = address.postal_code
        if inside and code.code and inside[:5] != code.code[:5]:
            hint = message("The address says ZIP %(inside)s, its column %(code)s.", inside=inside, code=code.code)
            return PostalCode(code.code, code.fixes, (*code.hints, hint))
        return code if code.code or not inside else PostalCode(inside, code.fixes, code.hints)

    def _position(self, row: Row, address: Address, code: PostalCode) -> Whereabouts:
        """Return the row's own position, or else the middle of its ZIP area or town."""
        latitude, longitude = row.raw(ColumnUse.LATITUDE), row.raw(ColumnUse.LONGITUDE)
        near = self._middle(address, code)
        is_default = self._shared.is_default(latitude, longitude)
        found = read_position(latitude, longitude, is_default=is_default, near=near)
        row.fixes += found.fixes
        if found.position is None and near is not None:
            row.fixes.append(_middle_of(near))
        return Whereabouts(
            address=address,
            position=found.position or self._places.middle(near),
            from_gazetteer=found.position is None and near is not None,
            position_dropped=found.position is None and bool(latitude.strip() or longitude.strip()),
        )

    def _middle(self, address: Address, code: PostalCode) -> Place | None:
        """Return the ZIP area, unless it lies in another state, or else the town."""
        area = self._places.zip_area(code.five) if code.five else None
        if area and address.state in ("", area.region):
            return area
        return self._places.town(address.city, address.state)


def _middle_of(place: Place) -> Message:
    return message("There is no position, so it is the middle of %(place)s.", place=place.label)
