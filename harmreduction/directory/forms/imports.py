"""The forms by which a directory file comes in, and by which the directory is taken out."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput

from harmreduction.directory.actions.imports import LONGEST_LICENCE, LONGEST_NAME, SourceNamed
from harmreduction.directory.reading import ColumnUse, PlainMapping
from harmreduction.directory.rules.terms import BY_CODE, TERMS
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

LONGEST = 120  # characters of a constant


class UploadForm(Form):
    """A directory file, and where it comes from."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])
    source = SelectField(_("Where it comes from"), validate_choice=False)
    name = StringField(_("Name of a new source"), [Length(max=LONGEST_NAME)])
    licence = StringField(_("Its licence"), [Length(max=LONGEST_LICENCE)])

    def offer(self, sources: Mapping[str, str]) -> None:
        """Offer the sources that files came from before, by public id and name."""
        self.source.choices = {"": gettext("A new source")} | dict(sources)

    def content(self) -> bytes:
        """Return what is in the file."""
        with self.file.data.stream as stream:
            return bytes(stream.read())

    def file_name(self) -> str:
        """Return what the file is called."""
        return str(self.file.data.filename or "")

    def named(self) -> SourceNamed:
        """Return where the file comes from."""
        return SourceNamed(public_id=self.source.data or "", name=self.name.data or "", licence=self.licence.data or "")


class MappingForm(Form):
    """What the columns of a plain table mean, and what holds for every row."""

    columns = FieldList(SelectField(validate_choice=False))
    terms = SelectMultipleField(_("Every row offers"), option_widget=CheckboxInput(), validate_choice=False)
    fallback_name = StringField(_("What a row without a name is"), [Length(max=LONGEST)])
    organization_name = StringField(_("Organization of every row that names none"), [Length(max=LONGEST)])
    default_state = StringField(_("State of every row that names none"), [Length(max=20)])
    default_country = StringField(_("Country of every row that names none"), [Length(max=20)])
    every_status = SelectField(_("Status of every row"), validate_choice=False)

    @classmethod
    def of(cls, mapping: PlainMapping, names: Sequence[str]) -> "MappingForm":
        """Return the form filled with how the file would be read."""
        return cls(
            columns=[mapping.uses.get(name, ColumnUse.IGNORE).name for name in names],
            terms=list(mapping.terms),
            fallback_name=mapping.fallback_name,
            organization_name=mapping.organization_name,
            default_state=mapping.default_state,
            default_country=mapping.default_country,
            every_status=mapping.status,
        )

    def offer(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Offer every meaning for every column; `columns` are names with examples."""
        uses = {use.name: say(use.sentence) for use in ColumnUse}
        for field, (name, examples) in zip(self.columns, columns.items(), strict=False):
            field.choices = uses
            field.label.text = name
            field.description = ", ".join(examples)
        self.terms.choices = {term.code: say(term.name) for term in TERMS}
        self.every_status.choices = {
            "active": gettext("Open to people"),
            "temporarily closed": gettext("Closed for now"),
            "inactive": gettext("Not shown in the finder"),
        }

    def mapping(self, names: Sequence[str]) -> PlainMapping:
        """Return how the file is to be read; a column that is not said is kept as it is."""
        said = [field.data for field in self.columns]
        known = ColumnUse.__members__
        return PlainMapping(
            uses={name: known.get(use or "", ColumnUse.IGNORE) for name, use in zip(names, said, strict=False)},
            terms=tuple(code for code in self.terms.data or () if code in BY_CODE),
            fallback_name=_line(self.fallback_name.data),
            organization_name=_line(self.organization_name.data),
            default_state=_line(self.default_state.data),
            default_country=_line(self.default_country.data),
            status=self.every_status.data if self.every_status.data in ("temporarily closed", "inactive") else "active",
        )


class ConfirmForm(Form):
    """Let come in what the preview showed."""

    seen = HiddenField()
    retires_missing = BooleanField(_("Take these out of the finder: they become inactive"))


class ExportForm(Form):
    """In which shape the directory is taken out."""

    shape = SelectField(_("File"), validate_choice=False)
    is_whole = BooleanField(_("With confidential places and everything that is private"))

    def offer(self) -> None:
        """Offer the shapes there are."""
        self.shape.choices = {
            "zip": gettext("Tables in a ZIP (HSDS data package)"),
            "json": gettext("One JSON file (HSDS, a list of services)"),
            "ndjson": gettext("One service a line (HSDS, for large directories)"),
        }
        if self.shape.data not in self.shape.choices:
            self.shape.data = "zip"


def _line(text: str | None) -> str:
    """Return what was entered, in one line."""
    return " ".join((text or "").split())[:LONGEST]
