"""The kinds of places, lots, facts and reasons, each with the words that a person reads."""

from enum import StrEnum

from harmreduction.core.messages import Message, message


class LocationKind(StrEnum):
    """Where stock can be; the virtual kinds are the world outside, so that nothing appears or disappears."""

    WAREHOUSE = "warehouse"
    FIXED_SITE = "fixed_site"
    VAN = "van"
    BACKPACK = "backpack"
    VENDING_MACHINE = "vending_machine"
    PUBLIC_BOX = "public_box"
    PARTNER_AGENCY = "partner_agency"
    SECONDARY_DISTRIBUTOR = "distributor"
    QUARANTINE = "quarantine"
    SUPPLIER = "supplier"
    PARTICIPANT = "participant"
    PARTNER = "partner"
    WASTE = "waste"
    VARIANCE = "variance"
    OPENING = "opening"
    ASSEMBLY = "assembly"
    IN_TRANSIT = "in_transit"


LOCATION_KINDS: dict[LocationKind, Message] = {
    LocationKind.WAREHOUSE: message("Warehouse"),
    LocationKind.FIXED_SITE: message("Site shelf"),
    LocationKind.VAN: message("Van"),
    LocationKind.BACKPACK: message("Backpack"),
    LocationKind.VENDING_MACHINE: message("Vending machine"),
    LocationKind.PUBLIC_BOX: message("Public box"),
    LocationKind.PARTNER_AGENCY: message("Partner agency"),
    LocationKind.SECONDARY_DISTRIBUTOR: message("Secondary distributor"),
    LocationKind.QUARANTINE: message("Put aside"),
    LocationKind.SUPPLIER: message("Supplier"),
    LocationKind.PARTICIPANT: message("Handed to participants"),
    LocationKind.PARTNER: message("Partner"),
    LocationKind.WASTE: message("Waste"),
    LocationKind.VARIANCE: message("Count differences"),
    LocationKind.OPENING: message("Opening stock"),
    LocationKind.ASSEMBLY: message("Kit packing"),
    LocationKind.IN_TRANSIT: message("On the way"),
}

# Where a worker hands out from; all others hold stock too, and no worker stands there.
HAND_OUT_KINDS = (LocationKind.WAREHOUSE, LocationKind.FIXED_SITE, LocationKind.VAN, LocationKind.BACKPACK)
MOBILE_KINDS = (LocationKind.VAN, LocationKind.BACKPACK)
SELF_SERVICE_KINDS = (LocationKind.VENDING_MACHINE, LocationKind.PUBLIC_BOX)
PASSING_ON_KINDS = (LocationKind.PARTNER_AGENCY, LocationKind.SECONDARY_DISTRIBUTOR)
REAL_KINDS = (*HAND_OUT_KINDS, *SELF_SERVICE_KINDS, *PASSING_ON_KINDS, LocationKind.QUARANTINE)

# The virtual places are the same in every programme; migration 0005 gives them these ids, which never change.
VIRTUAL_LOCATION_IDS: dict[LocationKind, int] = {
    LocationKind.SUPPLIER: 1,
    LocationKind.PARTICIPANT: 2,
    LocationKind.PARTNER: 3,
    LocationKind.WASTE: 4,
    LocationKind.VARIANCE: 5,
    LocationKind.OPENING: 6,
    LocationKind.ASSEMBLY: 7,
    LocationKind.IN_TRANSIT: 8,
}


class LotStatus(StrEnum):
    """Whether a lot may be proposed."""

    AVAILABLE = "available"
    ON_HOLD = "on_hold"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


LOT_STATUSES: dict[LotStatus, Message] = {
    LotStatus.AVAILABLE: message("In use"),
    LotStatus.ON_HOLD: message("On hold"),
    LotStatus.QUARANTINED: message("Quarantined"),
    LotStatus.RECALLED: message("Recalled"),
}


class LotSource(StrEnum):
    """How the lot of a movement was known."""

    SCANNED = "scanned"
    PICKED = "picked"
    INFERRED = "inferred_fefo"
    UNKNOWN = "unknown"


LOT_SOURCES: dict[LotSource, Message] = {
    LotSource.SCANNED: message("scanned"),
    LotSource.PICKED: message("chosen by a person"),
    LotSource.INFERRED: message("first to expire, so taken to be it"),
    LotSource.UNKNOWN: message("not known"),
}


class TransactionKind(StrEnum):
    """What kind of fact moved the stock."""

    OPENING = "opening"
    RECEIVE = "receive"
    TRANSFER = "transfer"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    DISTRIBUTE = "distribute"
    HAND_ON = "hand_on"
    RETURN = "return"
    ADJUST = "adjust"
    WASTE = "waste"
    ASSEMBLE = "assemble"
    DISASSEMBLE = "disassemble"
    MERGE = "merge"
    COUNT = "count"
    COUNT_ADJUSTMENT = "count_adjustment"
    REVERSAL = "reversal"


TRANSACTION_KINDS: dict[TransactionKind, Message] = {
    TransactionKind.OPENING: message("Opening stock"),
    TransactionKind.RECEIVE: message("Received"),
    TransactionKind.TRANSFER: message("Moved"),
    TransactionKind.DISPATCH: message("Sent off"),
    TransactionKind.ACCEPT: message("Accepted"),
    TransactionKind.DISTRIBUTE: message("Handed out"),
    TransactionKind.HAND_ON: message("Handed on by a partner"),
    TransactionKind.RETURN: message("Came back"),
    TransactionKind.ADJUST: message("Adjusted"),
    TransactionKind.WASTE: message("Thrown away"),
    TransactionKind.ASSEMBLE: message("Packed into kits"),
    TransactionKind.DISASSEMBLE: message("Kits taken apart"),
    TransactionKind.MERGE: message("Lots merged"),
    TransactionKind.COUNT: message("Counted"),
    TransactionKind.COUNT_ADJUSTMENT: message("Count corrected by a late entry"),
    TransactionKind.REVERSAL: message("Taken back"),
}

# What a strict place guards against taking more than it holds; a hand-out is never guarded.
GUARDED_KINDS = (TransactionKind.TRANSFER, TransactionKind.DISPATCH, TransactionKind.ASSEMBLE)
# A count stands until the next one; what corrects it follows from other facts.
NEVER_REVERSED = (TransactionKind.REVERSAL, TransactionKind.COUNT, TransactionKind.COUNT_ADJUSTMENT)


class ReasonUse(StrEnum):
    """For what a person gives a stock reason."""

    MORE = "more"
    LESS = "less"
    WASTE = "waste"
    COUNT = "count"
    TRANSIT = "transit"
    RETURN = "return"


REASON_USES: dict[ReasonUse, Message] = {
    ReasonUse.MORE: message("Adjusted: more here than booked"),
    ReasonUse.LESS: message("Adjusted: less here than booked"),
    ReasonUse.WASTE: message("Thrown away"),
    ReasonUse.COUNT: message("Why a count differs"),
    ReasonUse.TRANSIT: message("Why another number arrived"),
    ReasonUse.RETURN: message("Came back from participants"),
}

# The reasons that every programme starts with; migration 0009 makes them, and the programme edits them.
STARTING_REASONS: tuple[tuple[ReasonUse, Message], ...] = (
    (ReasonUse.MORE, message("Found")),
    (ReasonUse.MORE, message("Booked out twice")),
    (ReasonUse.LESS, message("Lost")),
    (ReasonUse.LESS, message("Stolen")),
    (ReasonUse.LESS, message("Used for training")),
    (ReasonUse.LESS, message("Booked in twice")),
    (ReasonUse.WASTE, message("Past its date")),
    (ReasonUse.WASTE, message("Damaged")),
    (ReasonUse.WASTE, message("Spoiled by heat or frost")),
    (ReasonUse.WASTE, message("Recalled")),
    (ReasonUse.COUNT, message("Hand-outs not logged")),
    (ReasonUse.COUNT, message("Counted wrongly before")),
    (ReasonUse.COUNT, message("Lost or stolen")),
    (ReasonUse.COUNT, message("Not known why")),
    (ReasonUse.TRANSIT, message("Broken on the way")),
    (ReasonUse.TRANSIT, message("Lost on the way")),
    (ReasonUse.TRANSIT, message("Another number was packed")),
    (ReasonUse.RETURN, message("Not needed")),
    (ReasonUse.RETURN, message("Wrong item")),
    (ReasonUse.RETURN, message("Brought back past its date")),
)


class Origin(StrEnum):
    """How a fact reached the ledger."""

    ONLINE = "online"
    FIELD = "field"
    IMPORT = "import"


class ReversalReason(StrEnum):
    """Why a fact was taken back."""

    UNDO = "undo"
    WRONG_ITEM = "wrong_item"
    WRONG_QUANTITY = "wrong_quantity"
    ENTERED_TWICE = "entered_twice"
    PRACTICE = "practice"
    OTHER = "other"


REVERSAL_REASONS: dict[ReversalReason, Message] = {
    ReversalReason.WRONG_ITEM: message("Another item was handed out"),
    ReversalReason.WRONG_QUANTITY: message("The number was different"),
    ReversalReason.ENTERED_TWICE: message("It was entered twice"),
    ReversalReason.PRACTICE: message("It was only practice"),
    ReversalReason.OTHER: message("Another reason"),
}


class DiscrepancyKind(StrEnum):
    """What does not fit and waits for a lead."""

    NEGATIVE_BALANCE = "negative_balance"
    EXPIRED_GIVEN = "expired_given"
    HELD_GIVEN = "held_given"
    NEAR_COUNT = "near_count"
    COUNT_DIFFERS = "count_differs"
    TRANSIT_DIFFERS = "transit_differs"


DISCREPANCY_KINDS: dict[DiscrepancyKind, Message] = {
    DiscrepancyKind.NEGATIVE_BALANCE: message("More went out than was booked in"),
    DiscrepancyKind.EXPIRED_GIVEN: message("Handed out past its date"),
    DiscrepancyKind.HELD_GIVEN: message("Handed out while on hold"),
    DiscrepancyKind.NEAR_COUNT: message("Logged so close to a count that nobody knows which came first"),
    DiscrepancyKind.COUNT_DIFFERS: message("Counted differently than booked"),
    DiscrepancyKind.TRANSIT_DIFFERS: message("Another number arrived than was sent"),
}


class Outcome(StrEnum):
    """What the ledger answers when a fact arrives."""

    CREATED = "created"
    EXISTS = "exists"
    EXISTS_WITH_DIFFERENT_FIELDS = "exists_with_different_fields"
