"""The forms by which a lead puts a record from a phone right."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField, TimeField
from wtforms import Form as Part
from wtforms.validators import DataRequired, Optional

from harmreduction.core.clock import in_zone
from harmreduction.sync.queries.contents import Names, Offered
from harmreduction.sync.rules.deeds import Line
from harmreduction.sync.rules.review import SET_ASIDE_REASONS, SetAside
from harmreduction.web.forms import Between, DayField, Form, WholeNumberField
from harmreduction.web.i18n import say, translated

MOST_UNITS = 1_000_000


class LinePart(Part):  # type: ignore[misc]  # WTForms ships no types
    """One line of a record: which item it is after all, and how many."""

    item = SelectField(_("Item"), validate_choice=False)
    units = WholeNumberField(_("How many"), [Between(1, MOST_UNITS)])


class ChangesForm(Form):
    """What a lead says instead of what a record says; it begins with what the record says."""

    place = SelectField(_("Where"), validate_choice=False)
    author = SelectField(_("Who wrote it"), validate_choice=False)
    day = DayField(_("Day"), [Optional()])
    time = TimeField(_("Time"), [Optional()], description=_("By the clock of the programme."))
    forget_lots = BooleanField(_("Leave out which lot it was"))
    lines = FieldList(FormField(LinePart), max_entries=200)

    def offer(self, offered: Offered) -> None:
        """Offer places, the team and items; what a record names and is not known here is offered as nothing."""
        self.place.choices = {"": str(_("Choose a place"))} | dict(offered.places)
        self.author.choices = {"": str(_("Choose a person"))} | dict(offered.people)
        items = {"": str(_("Choose an item"))} | {item.public_id: translated(item.name) for item in offered.items}
        for entry in self.lines:
            entry.form.item.choices = items

    def begin_with(
        self, *, place_id: str, author_id: str, happened_at: datetime, lines: Sequence[Line], names: Names, zone: str
    ) -> None:
        """Fill in what the record says."""
        self.place.data = place_id if place_id in names.places else ""
        self.author.data = author_id
        local = in_zone(happened_at, zone)
        self.day.process_data(local.date())
        self.time.process_data(local.time().replace(second=0, microsecond=0))
        for line in lines:
            known = names.items.get(line.item_id)
            item_id = line.item_id if known is not None and known.merged_into_id is None else ""
            self.lines.append_entry({"item": item_id, "units": line.units})

    def moment(self, zone: str) -> datetime | None:
        """Return when it happened, where both the day and the time are given."""
        if self.day.data is None or self.time.data is None:
            return None
        return datetime.combine(self.day.data, self.time.data, ZoneInfo(zone)).astimezone(UTC)


class SetAsideForm(Form):
    """Why a record is never saved."""

    reason = RadioField(_("Why?"), [DataRequired(_("Choose a reason."))])

    def __init__(self, **options: Any) -> None:
        """Offer the reasons in the reader's language."""
        super().__init__(**options)
        self.reason.choices = {reason.value: say(text) for reason, text in SET_ASIDE_REASONS.items()}

    def chosen(self) -> SetAside:
        """Return the reason."""
        return SetAside(self.reason.data)
