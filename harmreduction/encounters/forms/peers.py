"""The form of what a distributor or a partner tells of a time."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import DataRequired, Optional

from harmreduction.encounters.forms.community import ItemsPart
from harmreduction.encounters.rules import MOST_RETURNED
from harmreduction.encounters.rules.community import MOST_PEOPLE, PeerTold
from harmreduction.stock.models import Item, StockLocation
from harmreduction.web.forms import Between, DayField, WholeNumberField


class PeerForm(ItemsPart):
    """What they tell, as sums; everything but the time may stay empty."""

    begins_on = DayField(_("From"), [DataRequired(_("Choose the first day."))])
    ends_on = DayField(_("Until"), [DataRequired(_("Choose the last day."))])
    people_reached = WholeNumberField(_("People they reached"), [Optional(), Between(0, MOST_PEOPLE)])
    trained = WholeNumberField(_("People they trained"), [Optional(), Between(0, MOST_PEOPLE)])
    syringes_back = WholeNumberField(_("Used syringes brought back"), [Optional(), Between(0, MOST_RETURNED)])
    reversals_heard_of = WholeNumberField(_("Reversed overdoses heard of"), [Optional(), Between(0, MOST_PEOPLE)])

    def offer(self, there: Sequence[Item], items: Sequence[Item], *, told_until: date | None, today: date) -> None:
        """Lay out one line for each item, those that lie there first; the time begins after the last one told of."""
        self.lay_out([*there, *(item for item in items if item not in there)], first=[item.id for item in there])
        if not self.is_submitted():
            usual = today - timedelta(days=29) if told_until is None else told_until + timedelta(days=1)
            self.begins_on.process_data(min(usual, today))
            self.ends_on.process_data(today)

    def told(self, place: StockLocation) -> PeerTold:
        """Return what was told; what was skipped is None."""
        begins_on: Any = self.begins_on.data  # a page without them is not valid
        ends_on: Any = self.ends_on.data
        return PeerTold(
            client_id=self.form_id.data,
            location_id=place.id,
            begins_on=begins_on,
            ends_on=ends_on,
            people_reached=self.people_reached.data,
            trained=self.trained.data,
            syringes_back=self.syringes_back.data,
            reversals_heard_of=self.reversals_heard_of.data,
            items=tuple(self.chosen()),
        )
