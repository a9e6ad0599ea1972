"""The forms of reports: what to show, a file to bring in, what its columns mean."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Part

from harmreduction.reports.cells import DayOrder
from harmreduction.reports.history import IGNORE, MONTH, SITE, Matching
from harmreduction.reports.queries.files import FindSite, StagedLook
from harmreduction.reports.report import Question
from harmreduction.reports.rules import Counted, Measure, Place
from harmreduction.reports.words import place_name, what_choices
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item
from harmreduction.web.forms import Form

EVERY_YEAR = "all"
MOST_LABELS = 100  # sites of a file that its page lists; the others are matched by their names


class TotalsForm(Form):
    """What to show; it stands in the address, so that a view can be kept and shared."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False

    year = SelectField(_("Year"), validate_choice=False)
    site = SelectField(_("Site"), validate_choice=False)
    what = SelectField(_("What"), validate_choice=False)

    def offer(self, years: Sequence[int], places: Sequence[Place], items: Sequence[Item]) -> None:
        """Offer the years, places and counts there are; what is not on offer becomes the first that is."""
        self.year.choices = {str(year): str(year) for year in years} | {EVERY_YEAR: gettext("Every year")}
        self.site.choices = {"": gettext("Every site")} | {place.key: place_name(place) for place in places}
        self.what.choices = what_choices(items)
        for field in (self.year, self.site, self.what):
            offered = [choice.value for choice in field.iter_choices()]
            field.data = field.data if field.data in offered else offered[0]

    def question(self) -> Question:
        """Return what is asked."""
        return Question(
            year=None if self.year.data == EVERY_YEAR else int(self.year.data),
            place_key=self.site.data,
            counted=Counted.from_code(self.what.data) or Counted(Measure.SYRINGES_GIVEN),
        )


class UploadForm(Form):
    """A file of past totals."""

    file = FileField(_("CSV file"), [FileRequired(_("Choose a file."))])

    def content(self) -> bytes:
        """Return what is in the file."""
        with self.file.data.stream as stream:
            return bytes(stream.read())


class LabelPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """A site as the file names it, and which of ours it is."""

    label = HiddenField()
    site = SelectField(validate_choice=False)


class MatchingForm(Form):
    """What each column of a file means, and which of our sites its labels are."""

    columns = FieldList(SelectField(validate_choice=False))
    order = SelectField(_("Dates such as 2/1/2019"), validate_choice=False)
    labels = FieldList(FormField(LabelPart))

    @classmethod
    def of(cls, look: StagedLook, find_site: FindSite, sites: Sequence[Site], items: Sequence[Item]) -> "MatchingForm":
        """Return the form filled with how the file is read at present."""
        public_ids = {site.id: site.public_id for site in sites}
        form = cls(
            columns=[column.use for column in look.columns],
            order=look.matching.order.value,
            labels=[
                {"label": label, "site": public_ids.get(find_site(label) or 0, "")}
                for label in look.labels[:MOST_LABELS]
            ],
        )
        form.offer(look, sites, items)
        return form

    def offer(self, look: StagedLook, sites: Sequence[Site], items: Sequence[Item]) -> None:
        """Offer every meaning for every column, and every site for every label."""
        basics = {SITE: gettext("Site"), MONTH: gettext("Month"), IGNORE: gettext("Ignore it")}
        for field, column in zip(self.columns, look.columns, strict=True):
            field.choices = {gettext("Where and when"): basics} | what_choices(items)
            field.label.text = column.name
            field.description = ", ".join(column.examples)
        ours = {site.public_id: site.name for site in sites}
        for part in self.labels:
            part.form.site.choices = {"": gettext("Keep as written")} | ours
            part.form.site.label.text = part.form.label.data or gettext("Every row")
        self.order.choices = {
            DayOrder.NOT_SAID.value: gettext("Refuse a date that could be two months"),
            DayOrder.MONTH_FIRST.value: gettext("The month comes first, as in 1/31/2019"),
            DayOrder.DAY_FIRST.value: gettext("The day comes first, as in 31/1/2019"),
        }

    def matching(self) -> Matching:
        """Return how the person wants the file to be read."""
        order = self.order.data if self.order.data in list(DayOrder) else DayOrder.NOT_SAID
        return Matching(
            uses=tuple(field.data or IGNORE for field in self.columns),
            sites={part.form.label.data or "": part.form.site.data or "" for part in self.labels},
            order=DayOrder(order),
        )


class ConfirmForm(Form):
    """Bring in what the preview showed."""

    seen = HiddenField()
