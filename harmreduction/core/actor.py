"""Who does something, as every action and every audit row sees them."""

from dataclasses import dataclass
from typing import Protocol

from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission


class Actor(Protocol):
    """A person or the system, with what they may do and where."""

    @property
    def account_id(self) -> int | None:
        """The account, or None for the system itself."""

    @property
    def label(self) -> str:
        """What the audit trail calls them."""

    def may(self, permission: Permission) -> bool:
        """Say whether they hold the permission."""

    def works_at(self, site_id: int | None) -> bool:
        """Say whether they work for the site; nobody in particular works for None."""


# What the audit trail calls the system, marked so that its page can say it in every language.
SYSTEM_LABELS = (
    message("command line"),
    message("demonstration"),
    message("first run"),
    message("not signed in"),
    message("by itself"),
)


@dataclass(frozen=True)
class SystemActor:
    """The programme's own commands, run by whoever holds the server; its label is one of SYSTEM_LABELS."""

    label: str = "command line"
    account_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whoever holds the server may do everything."""
        return True

    def works_at(self, site_id: int | None) -> bool:
        """Whoever holds the server works everywhere."""
        return True
