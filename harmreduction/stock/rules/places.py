"""What can be wrong with changes of stock places."""

from harmreduction.core.errors import DomainError


class CannotClose(DomainError):
    """The place is still at work."""


class CannotServe(DomainError):
    """The place cannot be filled from there."""
