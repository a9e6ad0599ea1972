"""What can go wrong, in sentences that tell a person what to do.

DomainError
├── NotFound      nothing here, or nothing this person may see
├── NotAllowed    this person may not do that
├── OutOfDate     somebody changed it meanwhile
└── NotSaved      the disk or the database could not take it
"""

from harmreduction.core.messages import Message


class DomainError(Exception):
    """A rule was broken in a way that a person can understand and put right."""

    def __init__(self, message: Message) -> None:
        """Carry the sentence, so that an edge can translate it."""
        super().__init__(str(message))
        self.message = message


class NotFound(DomainError):
    """Nothing here, or nothing this person may see."""


class NotAllowed(DomainError):
    """This person may not do that."""


class OutOfDate(DomainError):
    """Somebody changed it meanwhile."""


class NotSaved(DomainError):
    """The disk or the database could not take it; nothing was half-written."""
