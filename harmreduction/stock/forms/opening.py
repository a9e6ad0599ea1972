"""The forms of an opening stock sheet: the file, and what its preview showed."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from harmreduction.web.forms import Form, OnceField

LONGEST_TEXT = 1_000_000
LARGEST_FILE = 500_000  # bytes; the page sends them back, and there a letter can become three signs and more


class OpeningSheetForm(Form):
    """A CSV file of what lies where."""

    file = FileField(_("CSV file"), [FileRequired(_("Choose a file."))])

    def validate_file(self, field: FileField) -> None:
        """Refuse a file that the page could not send back."""
        if len(self.content()) > LARGEST_FILE:
            raise ValidationError(
                str(_("This file is too large. Leave out the columns that are not needed, or split it into several."))
            )

    def content(self) -> bytes:
        """Return what is in the file."""
        self.file.data.stream.seek(0)
        return bytes(self.file.data.stream.read())


class BringInForm(Form):
    """The sheet that the preview showed, sent back to be booked in."""

    form_id = OnceField()
    text = TextAreaField(validators=[DataRequired(), Length(max=LONGEST_TEXT)])
    leave_out_others = BooleanField(_("Leave these rows out"))

    def content(self) -> bytes:
        """Return the sheet."""
        return str(self.text.data).encode()
