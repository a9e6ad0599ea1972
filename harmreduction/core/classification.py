"""How sensitive each stored column is and how long it is kept; every column declares both."""

from enum import StrEnum


class Sensitivity(StrEnum):
    """What it would mean if somebody else read this column."""

    PUBLIC = "public"
    OPERATIONAL = "operational"
    SENSITIVE = "sensitive"
    SECRET = "secret"  # noqa: S105  # the name of a class, not a secret


class Retention(StrEnum):
    """When this column is erased.

    permanent: as long as the programme exists. ledger: with the stock ledger, which only grows.
    rollup: after the months that the programme chose; codes, notes and exact times go, the counts stay.
    session: hours or days. until_replaced: when a newer value comes. until_forgotten: when the person asks, or did not
    come for as long as visits keep their code.
    """

    PERMANENT = "permanent"
    LEDGER = "ledger"
    ROLLUP = "rollup"
    SESSION = "session"
    UNTIL_REPLACED = "until_replaced"
    UNTIL_FORGOTTEN = "until_forgotten"


def classified(sensitivity: Sensitivity, retention: Retention) -> dict[str, str]:
    """Describe a column, as the `info` of its `mapped_column`."""
    return {"class": sensitivity.value, "retention": retention.value}
