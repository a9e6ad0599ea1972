"""What a programme decides for itself."""

from collections.abc import Callable

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from harmreduction.accounts.rules import Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from tests.factories import SYSTEM
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]

KEPT = {"expired_stock": "hold", "syringes_per_litre": "100", "syringes_per_pound": "281"}
KEPT |= {"keep_months": "12", "smallest_shown": "11"}


def test_the_name_of_the_programme_stands_on_every_page(sign_in_as: SignIn, client: PageClient) -> None:
    sign_in_as("administrator").send(
        "/settings", programme_name=" Riverside Outreach ", time_zone="Europe/Madrid", **KEPT
    )
    assert "Riverside Outreach" in client.page("/sign-in")
    assert current_settings().time_zone == "Europe/Madrid"
    assert db.session.scalars(select(AuditEntry.event)).all()[-1] == "SETTING_CHANGED"


def test_what_was_decided_is_shown_for_changing(sign_in_as: SignIn) -> None:
    set_values({"programme_name": "Riverside Outreach", "time_zone": "Europe/Madrid"}, by=SYSTEM)
    page = sign_in_as("administrator").page("/settings")
    assert 'value="Riverside Outreach"' in page
    assert 'value="Europe/Madrid"' in page.split("<datalist")[0]


@pytest.mark.parametrize(
    ("programme_name", "time_zone", "sentence"),
    [
        ("", "Europe/Madrid", "Enter the name of the programme"),
        ("Riverside", "Nowhere", "Choose a city from the list"),
    ],
)
def test_what_cannot_hold_is_refused_at_its_field(
    sign_in_as: SignIn, programme_name: str, time_zone: str, sentence: str
) -> None:
    fields = {"programme_name": programme_name, "time_zone": time_zone}
    assert sentence in text_of(sign_in_as("administrator").send("/settings", status=200, **fields))
    assert current_settings().programme_name == "Harm Reduction Tracker"


def test_an_empty_value_returns_to_the_default(database: SQLAlchemy) -> None:
    set_values({"programme_name": "Riverside Outreach"}, by=SYSTEM)
    set_values({"programme_name": ""}, by=SYSTEM)
    assert current_settings().programme_name == "Harm Reduction Tracker"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_changes_settings(sign_in_as: SignIn, role: Role) -> None:
    sign_in_as(role).page("/settings", status=403)
    sign_in_as(role).send("/settings", status=403, programme_name="Other")
