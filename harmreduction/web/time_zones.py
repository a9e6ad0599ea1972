"""A time zone as people choose it: by the name of a city near them."""

from functools import cache
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def time_zones() -> tuple[str, ...]:
    """Return the IANA names of the zones in which people live, by name."""
    return tuple(sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS))


class TimeZoneField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """The name of a time zone; `components/time_zones.html` offers the names as a person types."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a name as people type it: new york is America/New_York."""
        typed = "".join(valuelist).strip()
        wanted = typed.casefold().replace(" ", "_")
        known = {name.casefold(): name for name in time_zones()}
        cities = {name.rsplit("/", 1)[1]: whole for name, whole in known.items()}
        self.data = known.get(wanted) or cities.get(wanted, typed)

    def pre_validate(self, form: object) -> None:
        """Refuse a zone that does not exist."""
        if self.data not in time_zones():
            raise ValidationError(str(_("Choose a city from the list, like America/New_York.")))
