"""What of a 211 export may be read: no private block, nobody's name, no internal note."""

import re
from collections.abc import Iterable, Mapping

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.privacy import ADDRESS_NOT_PUBLISHED
from harmreduction.directory.reading.cells import clean
from harmreduction.directory.reading.hidden import HiddenAddress

_FLAG = re.compile(r"(.+?)(?:Address)?IsPrivate", re.IGNORECASE)
_NO = frozenset({"", "no", "n", "false", "f", "0", "public"})
_OF_A_PLACE = r"(?:Address|Attention|City|County|State|Province|Postal|Zip|Country|Location|Street)"
# Columns about people who work there or keep the record; they are left out whatever their block says.
_STAFF = re.compile(
    r".*(?:Contact(?!ed)|SeniorWorker|AttentionName|Attention$|Personnel|Internal|EnteredBy|ApprovedBy|VerifiedBy|UpdatedBy"
    r"|LastVerified(?:Name|Title|Phone|Email)|Editor|Password|DoorCode|AccessCode)",
    re.IGNORECASE,
)
# Columns in free words, which may tell an address again; numbers in the second line are mostly of other things.
_FREE_WORDS = re.compile(r"publicname|parentagency|agencydescription|applicationprocess|disabilitiesaccess")
_WORDS_WITH_NUMBERS = re.compile(
    r"eligibility|feestructuresource|documentsrequired|hours(ofoperation)?|websiteaddress|emailaddressmain"
    r"|phone.*(name|description)"
)
_POSITION = ("latitude", "longitude")
ADDRESS_BLOCK = "physical"


def without_private_blocks(row: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
    """Return the cells that may be read, cleaned and by column in small letters, and the blocks that were left out.

    A flag that is neither yes nor no counts as yes.
    """
    private = {found[1].lower() for column in row if (found := _FLAG.fullmatch(column)) and _says_private(row[column])}
    cells: dict[str, str] = {}
    left_out: set[str] = set()
    for column, cell in row.items():
        if not cell.strip() or _FLAG.fullmatch(column) or _STAFF.match(column):
            continue
        block = _block_of(column, private)
        if block is None:
            cells[column.lower()] = clean(cell).text
        else:
            left_out.add(block)
    return cells, left_out


def hidden_address(row: Mapping[str, str]) -> HiddenAddress:
    """Return the address that a row calls private, so that it can be told where else it stands."""
    cells = {column.lower(): clean(cell).text for column, cell in row.items()}
    street = cells.get("physicaladdress1") or cells.get("physicaladdress", "")
    return HiddenAddress.of(street, cells.get("physicalpostalcode", ""))


def without_told(
    cells: Mapping[str, str], own: HiddenAddress | None, others: Iterable[HiddenAddress]
) -> tuple[dict[str, str], set[str]]:
    """Return cells without those that tell the row's own private address, or the street of a related one; and which."""
    related = list(others)
    told = {column for column, cell in cells.items() if _tells(column, cell, own, related)}
    kept = {column: cell for column, cell in cells.items() if column not in told}
    return kept | ({"publicname": ADDRESS_NOT_PUBLISHED} if "publicname" in told else {}), told


def _tells(column: str, cell: str, own: HiddenAddress | None, related: Iterable[HiddenAddress]) -> bool:
    in_words = _FREE_WORDS.fullmatch(column) is not None
    if not in_words and not _WORDS_WITH_NUMBERS.fullmatch(column):
        return False
    if own is not None and own.is_told_in(cell, by_number=in_words):
        return True
    return any(address.street_is_in(cell) for address in related)


def reasons_for(left_out: set[str], told: Iterable[str] = ()) -> list[Message]:
    """Say what was left out: blocks, and columns that tell a private address."""
    reasons = []
    if columns := ", ".join(sorted(told)):
        reasons.append(message("Not published, because it tells the private address: %(columns)s.", columns=columns))
    if left_out & {ADDRESS_BLOCK, "mailing", "other"}:
        reasons.append(message("The address is private, so it is left out."))
    if any(block.startswith("phone") for block in left_out):
        reasons.append(message("A phone number is private, so it is left out."))
    if any(not block.startswith(("phone", ADDRESS_BLOCK, "mailing", "other")) for block in left_out):
        reasons.append(message("Something else is private, so it is left out."))
    return reasons


def _says_private(cell: str) -> bool:
    return cell.strip().lower() not in _NO


def _block_of(column: str, private: set[str]) -> str | None:
    """Return the private block that a column belongs to."""
    if ADDRESS_BLOCK in private and column.lower() in _POSITION:
        return ADDRESS_BLOCK
    for block in private:
        rest = column[len(block) :] if column.lower().startswith(block) else None
        if rest is None or (block in ("mailing", "other") and not re.match(_OF_A_PLACE, rest, re.IGNORECASE)):
            continue
        if not (block[-1].isdigit() and rest[:1].isdigit()):  # Phone1 is no part of Phone10
            return block
    return None
