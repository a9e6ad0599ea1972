"""The forms of requests for supplies: ask, grant, decline, send."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField
from wtforms.validators import Length

from harmreduction.stock.actions.requests import Asking, Dispatch
from harmreduction.stock.forms.movements import LotPart
from harmreduction.stock.forms.ordering import UnitsLine
from harmreduction.stock.models import Item, Lot, Requisition, StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.stock.queries.ordering import Need
from harmreduction.web.forms import DayField, Form, OnceField

NO_NAMES = _("For the team. No names of participants.")


class RequestForm(Form):
    """What a place asks another one for."""

    form_id = OnceField()
    place = HiddenField()
    source = SelectField(_("Ask which place?"), validate_choice=False)
    lines = FieldList(FormField(UnitsLine))
    needed_on = DayField(_("Needed by"))
    note = StringField(_("Note"), [Length(max=200)], description=NO_NAMES)

    def offer(self, needs: Sequence[Need], sources: Sequence[StockLocation], asked: Requisition | None = None) -> None:
        """Lay out one line for each item, with what is asked for or, in a new request, what is proposed."""
        self.source.choices = {place.public_id: place.name for place in sources}
        if not self.is_submitted():
            known = {line.item_id: line.requested for line in asked.lines} if asked else None
            for need in needs:
                units = need.to_order if known is None else known.get(need.item.id)
                self.lines.append_entry({"item": need.item.public_id, "units": units or None})
        by_item = {need.item.public_id: need for need in needs}
        for line in self.lines:
            line.form.need = by_item.get(line.form.item.data)

    def asking(self, target: StockLocation, sources: Sequence[StockLocation]) -> Asking:
        """Return what is asked for; a place that was not offered is none that can be asked."""
        chosen = next((place.id for place in sources if place.public_id == self.source.data), 0)
        return Asking(
            from_location_id=chosen,
            to_location_id=target.id,
            units={line.form.need.item.id: line.form.units.data for line in self.lines if _is_wanted(line.form)},
            needed_on=self.needed_on.data,
            note=(self.note.data or "").strip(),
        )


class GrantForm(Form):
    """How many units of each item a request is granted."""

    lines = FieldList(FormField(UnitsLine))

    def offer(self, request: Requisition, on_hand: Mapping[int, int]) -> None:
        """Lay out one line for each item that is asked for, with how many; on_hand is at the place that is asked."""
        if not self.is_submitted():
            for asked in request.lines:
                units = asked.requested if asked.approved is None else asked.approved
                self.lines.append_entry({"item": asked.item.public_id, "units": units})
        by_item = {asked.item.public_id: asked for asked in request.lines}
        for line in self.lines:
            line.form.asked = by_item.get(line.form.item.data)
            line.form.on_hand = on_hand.get(line.form.asked.item_id, 0) if line.form.asked else 0

    def granted(self) -> dict[int, int]:
        """Return the units granted by item id."""
        return {line.form.asked.item_id: line.form.units.data or 0 for line in self.lines if line.form.asked}

    def short(self) -> list[tuple[Item, int]]:
        """Return the items of which more was granted than is there, with the units that are."""
        granted = self.granted()
        lines = [line.form for line in self.lines if line.form.asked]
        return [(line.asked.item, max(line.on_hand, 0)) for line in lines if granted[line.asked.item_id] > line.on_hand]


class DeclineForm(Form):
    """Why a request is declined."""

    answer = StringField(_("Why it is declined"), [Length(max=200)], description=NO_NAMES)


class SendForm(Form):
    """Which lots are sent for a request."""

    form_id = OnceField()
    lots = FieldList(FormField(LotPart))

    def offer(self, rows: Sequence[StockRow], picked: Mapping[int, int]) -> None:
        """Lay out one line for each lot of what was granted, with the units that are proposed (by lot id)."""
        if not self.is_submitted():
            for row in rows:
                self.lots.append_entry({"lot": row.lot.public_id, "quantity": picked.get(row.lot.id)})
        by_id = {row.lot.public_id: row for row in rows}
        for entry in self.lots:
            entry.form.row = by_id.get(entry.form.lot.data)

    def chosen(self) -> dict[str, int]:
        """Return the units of each lot that is sent, by public id."""
        return {line.form.lot.data: line.form.quantity.data for line in self.lots if line.form.quantity.data}

    def dispatch(self, lots: Mapping[str, Lot], at: datetime) -> Dispatch:
        """Return what is sent."""
        sent = tuple((lots[public_id].id, units) for public_id, units in self.chosen().items())
        return Dispatch(client_id=self.form_id.data, lots=sent, occurred_at=at)


def _is_wanted(line: UnitsLine) -> bool:
    """Say whether a line asks for something that is known here."""
    return bool(line.need and line.units.data)
