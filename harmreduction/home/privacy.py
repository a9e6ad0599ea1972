"""What this system stores, read from the live schema, so that the page about it cannot be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import MetaData

from harmreduction.core.classification import Retention, Sensitivity
from harmreduction.core.messages import Message, message

SENSITIVITIES: Mapping[Sensitivity, Message] = {
    Sensitivity.SENSITIVE: message(
        "Sensitive: about visits and participants. Notes are locked with a key of their own."
    ),
    Sensitivity.SECRET: message(
        "Secret: what opens the system. Passphrases, sign-in tokens and codes are kept only as digests."
    ),
    Sensitivity.OPERATIONAL: message("Operational: what the team needs to do its work."),
    Sensitivity.PUBLIC: message("Public: anybody may know it."),
}
RETENTIONS: Mapping[Retention, Message] = {
    Retention.PERMANENT: message("as long as the programme exists"),
    Retention.LEDGER: message("with the stock ledger, which only grows"),
    Retention.ROLLUP: message(
        "for the months that the programme chose; then codes, notes and times go, and counts stay"
    ),
    Retention.SESSION: message("hours or days"),
    Retention.UNTIL_REPLACED: message("until a newer value comes"),
    Retention.UNTIL_FORGOTTEN: message("until the person asks us to erase it, or stays away for that long"),
}


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A table's columns of one sensitivity that are kept equally long."""

    table: str
    columns: Sequence[str]
    kept: Message


def list_stored(metadata: MetaData) -> dict[Sensitivity, list[Stored]]:
    """Return every column of the schema by how sensitive it is, the most sensitive first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            group = (column.info["class"], table.name, column.info["retention"])
            groups.setdefault(group, []).append(column.name)
    return {
        sensitivity: [
            Stored(table=table, columns=columns, kept=RETENTIONS[Retention(retention)])
            for (found, table, retention), columns in sorted(groups.items())
            if found == sensitivity
        ]
        for sensitivity in SENSITIVITIES
    }
