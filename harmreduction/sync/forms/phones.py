"""The forms of looking after phones."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from harmreduction.web.forms import Form

LONGEST_LABEL = 60
LAST_NUMBER = 2**31 - 1


class RenameForm(Form):
    """What a phone is called."""

    label = StringField(
        _("What the phone is called"),
        [DataRequired(_("Enter what it is called.")), Length(max=LONGEST_LABEL)],
        filters=[lambda text: (text or "").strip()],
        description=_("Something that stands on it, such as Van phone 2. Not the name of a person."),
    )


class GapsForm(Form):
    """Up to which number somebody knows now what never came."""

    upto = HiddenField()

    def number(self) -> int:
        """Return the number; 0 where none was sent, which notes nothing."""
        text = self.upto.data or ""
        return min(int(text), LAST_NUMBER) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0


class ImportForm(Form):
    """A file that a phone exported."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])

    def content(self) -> bytes:
        """Return what is in the file."""
        with self.file.data.stream as stream:
            return bytes(stream.read())
