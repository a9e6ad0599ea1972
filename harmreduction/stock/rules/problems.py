"""What can be wrong with supplies; each carries a sentence that says what to do."""

from harmreduction.core.errors import DomainError, OutOfDate


class UnknownLot(DomainError):
    """The lot is not one of the item, does not lie there, or what is said of it does not fit."""


class CannotReverse(DomainError):
    """The fact was taken back already, or is itself a taking back."""


class NotEnoughHere(OutOfDate):
    """A place that guards its stock does not hold that much."""


class NothingToMove(DomainError):
    """No lot was named."""


class QuantityOutOfBounds(DomainError):
    """The number is no number of units that could have moved."""


class NameTaken(DomainError):
    """Another one is called that already."""


class ItemHasMoved(DomainError):
    """Totals of the past count with what was to be changed of an item."""


class ChangedFact(DomainError):
    """The same id came twice with different content."""


class CannotChangeStatus(DomainError):
    """The lot cannot get this status here, or nothing says why."""


class CannotMerge(DomainError):
    """The two are not one and the same, or something has to happen first."""
