"""What one row of a file would write, as JSON that waits for a decision, and back."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from harmreduction.directory.hsds.bundle import Bundle, Closure, Record
from harmreduction.directory.hsds.structure import ROOT_KINDS
from harmreduction.directory.reading.records import register_our_terms
from harmreduction.directory.rules.giving import taken_back
from harmreduction.directory.terms_as_attributes import OUR_RECORD_IDS


@dataclass(kw_only=True)
class Staged:
    """Records to write, and what is known about their places by id: which are private, how a position was found."""

    bundle: Bundle = field(default_factory=Bundle)
    confidential: set[str] = field(default_factory=set)
    position_from: dict[str, str] = field(default_factory=dict)

    def merge(self, other: "Staged") -> None:
        """Take in everything of another."""
        self.bundle.merge(other.bundle)
        self.confidential |= other.confidential
        self.position_from |= other.position_from

    def take_back_marks(self) -> None:
        """Take what another programme of ours said about its places out of their documents."""
        for key, record in self.bundle.locations.items():
            document, is_confidential, position_from = taken_back(record.document)
            if is_confidential:
                self.confidential.add(key)
            if position_from:
                self.position_from[key] = position_from[:20]
            record.document = document


def stored(staged: Staged) -> dict[str, Any]:
    """Return it as JSON can hold it; our own terms are left out where services name them."""
    bundle = staged.bundle
    told = OUR_RECORD_IDS if bundle.services else frozenset()
    records = {
        kind: [_stored_record(record) for key, record in bundle.records(kind).items() if key not in told]
        for kind in ROOT_KINDS
    }
    kept: dict[str, Any] = {kind: of_kind for kind, of_kind in records.items() if of_kind}
    if bundle.loose:
        kept["loose"] = bundle.loose
    if bundle.closures:
        kept["closures"] = [_stored_closure(closure) for closure in bundle.closures]
    if staged.confidential:
        kept["confidential"] = sorted(staged.confidential)
    if staged.position_from:
        kept["position_from"] = staged.position_from
    return kept


def read_stored(rows: Iterable[dict[str, Any]]) -> Staged:
    """Return what several rows would write, brought together."""
    whole = Staged()
    for kept in rows:
        for kind in ROOT_KINDS:
            for values in kept.get(kind, ()):
                whole.bundle.add(kind, Record(**values))
        for table, documents in kept.get("loose", {}).items():
            whole.bundle.loose.setdefault(table, {}).update(documents)
        whole.bundle.closures += [_read_closure(values) for values in kept.get("closures", ())]
        whole.confidential.update(kept.get("confidential", ()))
        whole.position_from.update(kept.get("position_from", {}))
    for record in whole.bundle.services.values():
        register_our_terms(whole.bundle, record.document)
    return whole


def _stored_record(record: Record) -> dict[str, Any]:
    """Return a record without what it does not say."""
    return {name: value for name, value in vars(record).items() if value}


def _stored_closure(closure: Closure) -> dict[str, Any]:
    """Return a closure with its days as text."""
    values = {name: value for name, value in asdict(closure).items() if value is not None}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _read_closure(values: dict[str, Any]) -> Closure:
    """Return a closure that was stored."""
    days = {name: date.fromisoformat(values[name]) for name in ("from_day", "until_day") if values.get(name)}
    return Closure(**{"until_day": None, **values, **days})
