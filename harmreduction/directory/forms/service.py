"""The form of a service: what somebody who looks for one needs to know."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    FloatField,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import Form as Part
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.directory.editing import ADDRESS, SERVICE_TEXTS, PhoneRow, PlaceEntry, ServiceEntry
from harmreduction.directory.editing_hours import FORTNIGHTLY, REPEATS, WEEKLY, HoursEntry, HoursRow
from harmreduction.directory.geocoder import Answer
from harmreduction.directory.hours_words import WEEKDAY_NAMES
from harmreduction.directory.rules.statuses import STATUSES
from harmreduction.directory.rules.terms import TERMS, TermGroup
from harmreduction.web.forms import DayField, Form, OnceField
from harmreduction.web.i18n import say

SPARE_HOURS, SPARE_PHONES = 2, 1
DEGREES = re.compile(r"-?\d{1,3}([.,]\d{1,12})?")
PHONE_KINDS = {"": _("Not said"), "voice": _("To call"), "text": _("To text"), "fax": _("Fax"), "tty": _("TTY")}


def _lines(text: str | None) -> tuple[str, ...]:
    """Return what stands on each line."""
    return tuple(filter(None, (line.strip() for line in (text or "").splitlines())))


def _ticks(label: Any, **options: Any) -> SelectMultipleField:
    """Return a field of boxes to tick, any of them or none."""
    return SelectMultipleField(label, option_widget=CheckboxInput(), validate_choice=False, **options)


class DegreesField(FloatField):  # type: ignore[misc]  # WTForms ships no types
    """A latitude or longitude; empty is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read degrees with a point or a comma."""
        text = "".join(valuelist).strip()
        self.data = None
        if not text:
            return
        if not DEGREES.fullmatch(text):
            raise ValueError(str(_("Enter degrees, like 39.2904 or -76.6122.")))
        self.data = float(text.replace(",", "."))


class ClockField(TimeField):  # type: ignore[misc]  # WTForms ships no types
    """A time of day; empty is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time as browsers send it."""
        self.data = None
        if not "".join(valuelist).strip():
            return
        try:
            super().process_formdata([valuelist[0].strip()[:5]])
        except ValueError as problem:
            raise ValueError(str(_("Enter a time, like 09:00."))) from problem


class HoursPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """From when to when on some weekdays."""

    number = HiddenField()
    weekdays = _ticks(_("Days"))
    opens = ClockField(_("Opens"))
    closes = ClockField(_("Closes"))
    repeats = SelectField(_("How often"), default=WEEKLY, validate_choice=False)
    starts = DayField(_("First day"))
    is_dropped = BooleanField(_("Take these hours out"))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the days of the week, and how they recur."""
        super().__init__(*args, **options)
        self.weekdays.choices = {str(number): say(name) for number, name in enumerate(WEEKDAY_NAMES)}
        self.repeats.choices = {code: say(text) for code, text in REPEATS.items()}

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was entered."""
        return not (self.weekdays.data or self.opens.data or self.closes.data)

    def validate_weekdays(self, field: SelectMultipleField) -> None:
        """Refuse hours without days, or days without hours."""
        if self.is_empty or self.is_dropped.data:
            return
        if not set(field.data or ()) & field.choices.keys() or self.opens.data is None or self.closes.data is None:
            raise ValidationError(str(_("Choose the days and enter both times.")))
        if self.repeats.data not in REPEATS:
            raise ValidationError(str(_("Choose how often.")))
        if self.repeats.data == FORTNIGHTLY and self.starts.data is None:
            raise ValidationError(str(_("Enter a first day, so that every second week is the right one.")))

    def row(self) -> HoursRow | None:
        """Return the hours, or None where there are none."""
        opens, closes = self.opens.data, self.closes.data
        if self.is_dropped.data or opens is None or closes is None:
            return None
        return HoursRow(
            number=int(self.number.data) if str(self.number.data or "").isdecimal() else None,
            weekdays=tuple(sorted(int(day) for day in self.weekdays.data if day in self.weekdays.choices)),
            opens=opens,
            closes=closes,
            repeats=self.repeats.data,
            starts=self.starts.data,
        )


class PhonePart(Part):  # type: ignore[misc]  # WTForms ships no types
    """A number; an empty one goes."""

    holder = HiddenField()
    number = HiddenField()
    phone = StringField(_("Number"), [Length(max=60)])
    kind = SelectField(_("What for"), validate_choice=False)
    about = StringField(_("Who answers"), [Length(max=160)])

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds of numbers, and the one that a source gave."""
        super().__init__(*args, **options)
        self.kind.choices = {code: str(text) for code, text in PHONE_KINDS.items()}
        if self.kind.data and self.kind.data not in self.kind.choices:
            self.kind.choices[self.kind.data] = self.kind.data

    def row(self) -> PhoneRow:
        """Return the number."""
        return PhoneRow(
            phone=(self.phone.data or "").strip(),
            kind=(self.kind.data or "").strip()[:60],
            about=(self.about.data or "").strip(),
            holder=self.holder.data if self.holder.data in ("service", "pair", "place") else "",
            number=int(self.number.data) if str(self.number.data or "").isdecimal() else 0,
        )


class ServiceForm(Form):
    """A service with one of its places."""

    form_id = OnceField()
    version = HiddenField()
    name = StringField(_("Name of the service"), [DataRequired(_("Enter a name.")), Length(max=300)])
    organization_name = StringField(_("Organisation"), [Length(max=300)], description=_("Who runs it."))
    about = TextAreaField(_("About"), [Length(max=4000)])
    status = SelectField(_("Is it offered?"), validate_choice=False)
    alert = StringField(_("Notice"), [Length(max=400)], description=_("What people must know before they go."))
    offers = _ticks(_("What there is"))
    access = _ticks(_("How easy it is"))
    recovery = _ticks(_("How people work here"))
    place_name = StringField(_("Name of the place"), [Length(max=300)])
    address_1 = StringField(_("Street and number"), [Length(max=200)])
    address_2 = StringField(_("Floor, door, suite"), [Length(max=200)])
    city = StringField(_("Town"), [Length(max=120)])
    state_province = StringField(_("State"), [Length(max=60)])
    postal_code = StringField(_("ZIP"), [Length(max=20)])
    country = StringField(_("Country, like US"), [Length(max=2)], default="US")
    latitude = DegreesField(_("Latitude"), [Optional(), NumberRange(-90, 90)])
    longitude = DegreesField(_("Longitude"), [Optional(), NumberRange(-180, 180)])
    is_confidential = BooleanField(_("The address is confidential: only the team sees it"))
    how_to_get_there = TextAreaField(_("How to get there"), [Length(max=1000)])
    hours = FieldList(FormField(HoursPart), max_entries=60)
    hours_note = StringField(_("Hours in other words"), [Length(max=400)])
    drops_other_hours = BooleanField(_("Take out the hours that this page cannot show"))
    phones = FieldList(FormField(PhonePart), max_entries=60)
    website = StringField(_("Website"), [Length(max=500)])
    email = StringField(_("Email"), [Length(max=200)], description=_("A shared mailbox, not a person's."))
    languages = StringField(_("Languages"), [Length(max=400)], description=_("With commas between them."))
    documents = TextAreaField(_("What to bring"), [Length(max=1000)], description=_("One thing on each line."))
    cost = StringField(_("Cost"), [Length(max=1000)])
    eligibility = TextAreaField(_("Who can come"), [Length(max=2000)])
    how_to_start = TextAreaField(_("How to start"), [Length(max=2000)])

    def __init__(self, entry: ServiceEntry | None = None, **options: Any) -> None:
        """Show a service as it is, with spare rows for hours and numbers."""
        super().__init__(data=_data(entry or ServiceEntry(name="")), **options)
        self.status.choices = {code: say(text) for code, text in STATUSES.items()}
        for field, group in self._groups():
            field.choices = {term.code: say(term.name) for term in TERMS if term.group is group}
        if not self.is_submitted():
            for _number in range(SPARE_HOURS):
                self.hours.append_entry({})
            for _number in range(SPARE_PHONES):
                self.phones.append_entry({})

    def _groups(self) -> tuple[tuple[SelectMultipleField, TermGroup], ...]:
        """Return the fields of terms with their groups."""
        return (
            (self.offers, TermGroup.OFFER),
            (self.access, TermGroup.ACCESS),
            (self.recovery, TermGroup.RECOVERY),
        )

    def validate_status(self, field: SelectField) -> None:
        """Refuse a status that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these.")))

    def validate_longitude(self, field: DegreesField) -> None:
        """Refuse half a position."""
        if (field.data is None) != (self.latitude.data is None):
            raise ValidationError(str(_("Enter both latitude and longitude, or neither.")))

    def show_position(self, answer: Answer) -> None:
        """Fill in a position that was found, for the person to look at and save."""
        for field, degrees in ((self.latitude, answer.latitude), (self.longitude, answer.longitude)):
            field.data, field.raw_data = degrees, [f"{degrees:.6f}".rstrip("0").rstrip(".")]

    def place_entry(self) -> PlaceEntry:
        """Return the place as entered."""
        return PlaceEntry(
            **{name: _text(self[name].data) for name in ADDRESS},
            name=_text(self.place_name.data),
            latitude=self.latitude.data,
            longitude=self.longitude.data,
            is_confidential=self.is_confidential.data,
            how_to_get_there=_text(self.how_to_get_there.data),
        )

    def entry(self) -> ServiceEntry:
        """Return the service as entered."""
        rows = [row for part in self.hours if (row := part.form.row()) is not None]
        return ServiceEntry(
            **{name: _text(self[name].data) for name in SERVICE_TEXTS},
            organization_name=_text(self.organization_name.data),
            status=self.status.data,
            terms=frozenset(code for field, _group in self._groups() for code in field.data if code in field.choices),
            languages=tuple(filter(None, (name.strip() for name in (self.languages.data or "").split(",")))),
            documents=_lines(self.documents.data),
            phones=tuple(part.form.row() for part in self.phones),
            place=self.place_entry(),
            hours=HoursEntry(
                rows=tuple(rows), note=_text(self.hours_note.data), drops_others=self.drops_other_hours.data
            ),
        )


def _text(value: str | None) -> str:
    """Return a text as documents have it, with plain line ends and no blanks around it."""
    return (value or "").replace("\r\n", "\n").strip()


def _data(entry: ServiceEntry) -> dict[str, Any]:
    """Return a service as the fields take it."""
    terms = list(entry.terms)
    place = entry.place
    is_new = place.is_empty
    return {
        **{name: getattr(entry, name) for name in (*SERVICE_TEXTS, "organization_name", "status")},
        **{name: getattr(place, name) for name in (*ADDRESS, "latitude", "longitude", "how_to_get_there")},
        "country": place.country or ("US" if is_new else ""),
        "place_name": place.name,
        "is_confidential": place.is_confidential,
        "offers": terms,
        "access": terms,
        "recovery": terms,
        "languages": ", ".join(entry.languages),
        "documents": "\n".join(entry.documents),
        "hours_note": entry.hours.note,
        "hours": list(map(_hours_data, entry.hours.rows)),
        "phones": _phones_data(entry.phones),
    }


def _hours_data(row: HoursRow) -> dict[str, Any]:
    """Return a row of hours as its fields take it."""
    return {**vars(row), "number": str(row.number), "weekdays": [str(day) for day in row.weekdays]}


def _phones_data(rows: Iterable[PhoneRow]) -> list[dict[str, Any]]:
    """Return numbers as their fields take them."""
    return [{**vars(row), "number": str(row.number)} for row in rows]
