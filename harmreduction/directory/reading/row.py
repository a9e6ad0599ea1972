"""One row of a plain table while it is read: its cells by what they mean, and what was put right in them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harmreduction.core.messages import Message, message
from harmreduction.directory.reading.addresses import STREET
from harmreduction.directory.reading.cells import clean, is_only_a_phone, phones_in
from harmreduction.directory.reading.hidden import HiddenAddress
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping
from harmreduction.directory.reading.table import RawRow

_PHONE_LABEL = re.compile(r"^\s*(?:phone|tel|telephone)\s*[.:]", re.IGNORECASE)
_PARTS_OF_ADDRESS = (
    ColumnUse.ADDRESS_1, ColumnUse.ADDRESS_2, ColumnUse.WHOLE_ADDRESS, ColumnUse.CITY, ColumnUse.STATE,
    ColumnUse.POSTAL_CODE, ColumnUse.POSTAL_SUFFIX, ColumnUse.COUNTY, ColumnUse.COUNTRY,
)  # fmt: skip
_POSITION = (ColumnUse.LATITUDE, ColumnUse.LONGITUDE)
# What leaves in public, and may tell an address; in the second line numbers of other kinds stand.
_WORDS = (ColumnUse.NAME, ColumnUse.NAME_2, ColumnUse.ORGANIZATION, ColumnUse.KIND, ColumnUse.OFFERS)
_WORDS_WITH_NUMBERS = (
    ColumnUse.HOURS, ColumnUse.PHONE, ColumnUse.FEES, ColumnUse.ELIGIBILITY, ColumnUse.LANGUAGES, ColumnUse.WEBSITE,
    ColumnUse.EMAIL,
)  # fmt: skip
_NEVER_OF_PRIVATE = (ColumnUse.DESCRIPTION, ColumnUse.NOTES)


class Row:
    """The cells of a row, cleaned. fixes name what was put right, hints what looks wrong and was left."""

    def __init__(self, raw: RawRow, mapping: PlainMapping) -> None:
        self.number = raw.number
        self.fixes: list[Message] = []
        self.hints: list[Message] = []
        self.unread: set[ColumnUse] = set()  # what stands there is not what should
        self.held: dict[str, str] = {}  # cells that tell a private address, by column
        self._mapping = mapping
        self._values = raw.values
        self._raw = raw.cells
        self.cells = self._cleaned(raw.cells)
        self._found = self._by_use()
        self._put_back_misplaced()

    def get(self, use: ColumnUse) -> str:
        """Return the first cell that holds this."""
        return next(iter(self._found.get(use, ())), "")

    def all(self, *uses: ColumnUse) -> Iterator[str]:
        """Yield every cell that holds one of these."""
        for use in uses:
            yield from self._found.get(use, ())

    def raw(self, use: ColumnUse) -> str:
        """Return the cell that holds this as it came."""
        cells = (self._raw.get(column, "") for column in self._mapping.columns(use))
        return next((cell for cell in cells if cell.strip()), "")

    def hold_back(self, address: HiddenAddress) -> None:
        """Keep every cell that tells a private address from what is published, and name it; phones stay as numbers."""
        for column, use in self._mapping.uses.items():
            cell = self.cells.get(column, "")
            if use not in (*_WORDS, *_WORDS_WITH_NUMBERS) or cell not in self._found.get(use, ()):
                continue
            if address.is_told_in(cell, by_number=use in _WORDS):
                self.held[column] = cell
                numbers = [phone.number for phone in phones_in(cell)] if use is ColumnUse.PHONE else []
                place = self._found[use].index(cell)
                self._found[use][place : place + 1] = numbers
        if self.held:
            told = ", ".join(self.held)
            self.hints.append(
                message("Not published, because it tells the private address: %(columns)s.", columns=told)
            )
        if unpublished := [column for use in _NEVER_OF_PRIVATE for column in self._filled(use)]:
            told = ", ".join(unpublished)
            self.hints.append(message("Not published, because the address is private: %(columns)s.", columns=told))

    def _filled(self, use: ColumnUse) -> list[str]:
        """Return the columns that hold this in this row."""
        return [column for column in self._mapping.columns(use) if self.cells.get(column)]

    def rest(self, *, with_address: bool, with_position: bool) -> dict[str, Any]:
        """Return what has no place in HSDS, as it came; on demand with the parts of an address that is not whole."""
        kept = {ColumnUse.IGNORE, *self.unread}
        kept.update(_PARTS_OF_ADDRESS if with_address else (), _POSITION if with_position else ())
        return {
            column: self._values[column]
            for column, cell in self.cells.items()
            if cell and self._mapping.uses.get(column, ColumnUse.IGNORE) in kept
        }

    def _cleaned(self, raw: Mapping[str, str]) -> dict[str, str]:
        """Return the cells as text, and name what was taken off those that count."""
        cells, blanks, markup = {}, [], []
        for column, cell in raw.items():
            cleaned = clean(cell)
            cells[column] = cleaned.text
            if self._mapping.uses.get(column, ColumnUse.IGNORE) is not ColumnUse.IGNORE:
                if cleaned.had_blanks and cleaned.text:
                    blanks.append(column)
                if cleaned.had_markup:
                    markup.append(column)
        if blanks:
            self.fixes.append(message("Blanks around the text are gone: %(columns)s.", columns=", ".join(blanks)))
        if markup:
            self.fixes.append(message("Signs of web pages are now letters: %(columns)s.", columns=", ".join(markup)))
        return cells

    def _by_use(self) -> dict[ColumnUse, list[str]]:
        found: dict[ColumnUse, list[str]] = {}
        for column, use in self._mapping.uses.items():
            if cell := self.cells.get(column, ""):
                found.setdefault(use, []).append(cell)
        return found

    def _put_back_misplaced(self) -> None:
        """Move phones out of address and hours, and an address out of phones, where nothing else can be meant."""
        for use in (ColumnUse.ADDRESS_1, ColumnUse.WHOLE_ADDRESS):
            text = self.get(use)
            if _PHONE_LABEL.match(text) and is_only_a_phone(text):
                self._move(use, ColumnUse.PHONE, message("A phone number stood where the address belongs."))
        phone = self.get(ColumnUse.PHONE)
        if phone and not phones_in(phone) and STREET.search(phone) and not self.get(ColumnUse.ADDRESS_1):
            self._move(ColumnUse.PHONE, ColumnUse.WHOLE_ADDRESS, message("An address stood where the phone belongs."))
        if is_only_a_phone(self.get(ColumnUse.HOURS)):
            self._move(ColumnUse.HOURS, ColumnUse.PHONE, message("A phone number stood where the hours belong."))

    def _move(self, source: ColumnUse, target: ColumnUse, fix: Message) -> None:
        self._found.setdefault(target, []).insert(0, self._found[source].pop(0))
        self.fixes.append(fix)
