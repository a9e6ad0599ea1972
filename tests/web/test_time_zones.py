"""Time zones as people type them."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from harmreduction.web.forms import Form
from harmreduction.web.time_zones import TimeZoneField, time_zones


class ClockForm(Form):
    """A form with nothing but a clock."""

    zone = TimeZoneField("Time zone")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("New York", "America/New_York"),
        (" madrid ", "Europe/Madrid"),
        ("Indiana/Indianapolis", None),
        ("indianapolis", "America/Indianapolis"),
        ("Etc/GMT+5", None),
        ("", None),
        ("posix/UTC", None),
    ],
)
def test_a_city_is_enough_and_anything_else_is_refused(app: Flask, typed: str, zone: str | None) -> None:
    with app.test_request_context(method="POST"):
        form = ClockForm(MultiDict({"zone": typed}))
        assert form.validate() is (zone is not None)
        assert form.zone.data == (zone or typed.strip())


def test_the_list_holds_places_where_people_live() -> None:
    assert {"America/New_York", "Asia/Kolkata", "Africa/Lagos", "Pacific/Auckland"} <= set(time_zones())
    assert not [name for name in time_zones() if name.startswith(("Etc", "GMT", "US/"))]
