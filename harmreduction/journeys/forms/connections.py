"""The form of what is in place: one short row for each part of a life, each of which may be left out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField

from harmreduction.journeys.rules.connections import PARTS, STATUSES, Connections, Part, Status, Told
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say


class _Rows(Form):
    """A row for each part, made below."""


for _part in Part:
    setattr(_Rows, _part.value, RadioField(validate_choice=False))


class ConnectionsForm(_Rows):
    """How things stand with each part, as they say."""

    is_all_true = BooleanField(_("We talked about all of it: what is chosen here is true today"))

    def __init__(self, told: Mapping[Part, Told], **options: Any) -> None:
        """Begin with what was told before, in the reader's language."""
        super().__init__(data={part.value: told[part].status.value for part in told}, **options)
        for part, words in PARTS.items():
            self[part.value].label.text = say(words.name)
            self[part.value].choices = {status.value: say(text) for status, text in STATUSES.items()}

    def connections(self, told: Mapping[Part, Told], *, participant_id: int, site_id: int, today: date) -> Connections:
        """Return what changed; what stands as it was told before keeps its day, unless all of it is said to be true."""
        chosen = {part: _status(self[part.value].data) for part in Part}
        before = {part: told[part].status for part in told}
        changed = {part: status for part, status in chosen.items() if status is not before.get(part)}
        if self.is_all_true.data:
            changed |= {part: status for part, status in chosen.items() if status is not None}
        return Connections(participant_id=participant_id, site_id=site_id, statuses=changed, told_on=today)


def _status(chosen: str | None) -> Status | None:
    """Return what was chosen, or None for what they would rather leave out."""
    return Status(chosen) if chosen in list(Status) else None
