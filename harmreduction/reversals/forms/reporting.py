"""The forms that tell of an overdose: for staff, and for anybody; every question may be skipped."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectMultipleField
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.encounters.rules import looks_personal
from harmreduction.reversals.rules.asking import Question
from harmreduction.reversals.rules.bank import AS_ROWS, BY_CODE, Answer, known
from harmreduction.reversals.rules.quick import DOSES, MORE, PLACE, Outcome, When
from harmreduction.reversals.rules.reports import (
    AREA_LENGTH,
    MOST_DOSES,
    NOTE_LENGTH,
    CannotReport,
    Happened,
    check_area,
    happened,
)
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item
from harmreduction.web.forms import Between, DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say, translated


class ReportForm(Form):
    """What was told of an overdose; the fields of the questions come from the bank, by their codes."""

    is_public = False
    note_looks_personal = False

    form_id = OnceField()
    day = DayField(_("If another day: which?"))
    doses_number = WholeNumberField(_("How many doses, if more than 6?"), [Optional(), Between(0, MOST_DOSES)])
    area = StringField(
        _("Part of town, or county"),
        [Length(max=AREA_LENGTH, message=_("Keep it under 20 characters."))],
        description=_("Never the exact place."),
    )
    note = TextAreaField(
        _("Anything else?"),
        [Length(max=NOTE_LENGTH, message=_("Keep it under 280 characters."))],
        description=_("No names, numbers or dates of birth."),
    )
    note_names_nobody = BooleanField(_("Keep it: it names nobody"))

    def __init__(self, **options: Any) -> None:
        """Ask in the reader's language, and in the words for whoever fills it in."""
        super().__init__(**options)
        for question in BY_CODE.values():
            field = self[question.code]
            field.takes_one = not question.takes_several
            field.label.text = say(question.asked(is_public=self.is_public))
            offered = question.offered(is_public=self.is_public)
            field.choices = {code: say(text) for code, text in offered.items()}

    def validate_area(self, field: StringField) -> None:
        """Refuse an exact place."""
        try:
            check_area((field.data or "").strip())
        except CannotReport as problem:
            raise ValidationError(say(problem.message)) from problem

    def validate_note(self, field: TextAreaField) -> None:
        """Point out once what may name somebody; the person decides."""
        found = looks_personal(field.data or "")
        if found is not None and not self.note_names_nobody.data:
            self.note_looks_personal = True
            raise ValidationError(f"{say(found)} {_('Leave it out, or tick below that it names nobody.')}")

    def told(self, *, today: date) -> dict[str, Any]:
        """Return what was told, by the names of a NewReport; what was skipped is empty."""
        return {
            "client_id": self.form_id.data,
            "happened": self._happened(today),
            "area": (self.area.data or "").strip(),
            "place": self.place.data if self.place.data in PLACE.answers else None,
            "outcome": Outcome(self.outcome.data) if self.outcome.data in list(Outcome) else None,
            "doses": self._doses(),
            "answers": self._answers(),
            "note": (self.note.data or "").strip(),
        }

    def has_told(self, questions: Sequence[Question]) -> bool:
        """Say whether any of these questions is answered or has something to look at, so that its section opens."""
        return any(self[question.code].data or self[question.code].errors for question in questions)

    def _happened(self, today: date) -> Happened:
        """Return when it was; a day that was entered with nothing tapped is another day."""
        when = When(self.when.data) if self.when.data in list(When) else None
        return happened(when or When.ANOTHER_DAY, self.day.data, today=today)

    def _doses(self) -> int | None:
        """Return the number of doses: the tile's, or what was typed where no tile says how many."""
        tapped = self.doses.data or MORE
        if tapped == MORE:
            return None if self.doses_number.data is None else int(self.doses_number.data)
        return int(tapped) if tapped.isdecimal() and tapped in DOSES.answers else None

    def _answers(self) -> frozenset[Answer]:
        """Return the answers that are rows of their own."""
        fields = {code: self[code].data or () for code in AS_ROWS}
        listed = {code: [data] if isinstance(data, str) else data for code, data in fields.items()}
        answers = known((code, answer) for code, told in listed.items() for answer in told)
        return answers - {(DOSES.code, MORE)} if self._doses() is not None else answers


def _field(question: Question) -> Field:
    """Return the field of a question; its words come with each page."""
    if question.takes_several:
        return SelectMultipleField(option_widget=CheckboxInput(), choices={}, validate_choice=False)
    return RadioField(choices={}, validate_choice=False)


for asked in BY_CODE.values():
    setattr(ReportForm, asked.code, _field(asked))


class StaffForm(ReportForm):
    """A report that staff was told; is_cut_loose keeps it apart from the visit from the start."""

    number = HiddenField(default="1")
    site = SelectField(_("Which site is this for?"), validate_choice=False)
    item = SelectField(_("Which of ours?"), validate_choice=False)
    is_cut_loose = BooleanField(
        _("Cut it loose"),
        description=_(
            "Nothing stored then leads from this report to the visit, a code or you, for good. On a quiet day what it"
            " tells may still point to the visit."
        ),
    )

    def offer(self, sites: Sequence[Site], items: Sequence[Item], usual_site: str) -> None:
        """Offer the person's sites, the one where they work now first chosen, and the programme's naloxone."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices and sites:
            self.site.data = usual_site if usual_site in self.site.choices else sites[0].public_id
        names = {item.public_id: translated(item.name) for item in items}
        self.item.choices = {"": str(_("Not asked"))} | names
        if self.item.data not in self.item.choices:
            self.item.data = ""

    def which_number(self) -> int:
        """Return which report of a talk this is, from 1."""
        text = self.number.data or ""
        return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 2 else 1


class PublicForm(ReportForm):
    """A report of somebody who is not known; `homepage` is a trap that only programs fill in."""

    is_public = True

    homepage = StringField(_("Leave this empty"))

    @property
    def is_from_a_program(self) -> bool:
        """Say whether the trap was filled in."""
        return bool(self.homepage.data)


class KitForm(Form):
    """One button that hands a kit out, on the visit that the page is about or on a new one."""

    form_id = OnceField()
    visit = HiddenField()
