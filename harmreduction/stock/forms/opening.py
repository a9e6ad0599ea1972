"""The forms of an opening stock sheet: the file, and what its preview showed."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from harmreduction.web.forms import Form, OnceField

LONGEST_TEXT = 1_000_000


class OpeningSheetForm(Form):
    """A CSV file of what lies where."""

    file = FileField(_("CSV file"), [FileRequired(_("Choose a file."))])

    def content(self) -> bytes:
        """Return what is in the file."""
        with self.file.data.stream as stream:
            return bytes(stream.read())


class BringInForm(Form):
    """The sheet that the preview showed, sent back to be booked in."""

    form_id = OnceField()
    text = TextAreaField(validators=[DataRequired(), Length(max=LONGEST_TEXT)])
    leave_out_others = BooleanField(_("Leave these rows out"))

    def content(self) -> bytes:
        """Return the sheet."""
        return str(self.text.data).encode()
