"""Help with roles, how we keep data, and the language."""

from collections.abc import Callable

import pytest
from flask import Flask

from harmreduction.accounts.rules import ROLES, Role
from harmreduction.core.classification import Retention, Sensitivity
from harmreduction.core.db import Base
from harmreduction.home.privacy import RETENTIONS, SENSITIVITIES, list_stored
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]


@pytest.mark.parametrize("role", Role)
def test_every_role_reads_what_each_role_may_do(sign_in_as: SignIn, role: Role) -> None:
    words = text_of(sign_in_as(role).page("/help/roles"))
    for description in ROLES.values():
        assert str(description.name) in words
        for permission in description.permissions:
            assert str(permission.value).replace("'", "&#39;") in words
    assert words.count("Your role") == 1


def test_the_privacy_page_is_open_to_everybody(client: PageClient) -> None:
    words = text_of(client.page("/privacy"))
    assert "You get supplies without a name, a code or a question." in words


def test_the_privacy_page_names_every_column_of_the_schema(client: PageClient) -> None:
    stored = list_stored(Base.metadata)
    named = {(entry.table, column) for entries in stored.values() for entry in entries for column in entry.columns}
    assert named == {(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns}
    page = client.page("/privacy")
    for table, column in named:
        assert table in page
        assert column in page


def test_every_class_and_every_retention_is_explained() -> None:
    assert set(SENSITIVITIES) == set(Sensitivity)
    assert set(RETENTIONS) == set(Retention)


def test_a_language_is_remembered_for_a_year(client: PageClient) -> None:
    answer = client.get("/language/es?back=/privacy?x=1")
    assert answer.headers["Location"] == "/privacy?x=1"
    cookie = answer.headers["Set-Cookie"]
    assert {"language=es", "Max-Age=31536000", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert 'lang="es"' in client.page("/privacy")


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "javascript:alert(1)", ""])
def test_choosing_a_language_never_leads_to_another_site(client: PageClient, back: str) -> None:
    assert client.get("/language/en", query_string={"back": back}).headers["Location"] == "/"


def test_a_language_that_the_app_does_not_speak_is_not_found(client: PageClient) -> None:
    client.page("/language/tlh", status=404)


def test_every_role_begins_on_a_page_it_may_open(app: Flask, sign_in_as: SignIn) -> None:
    for role in Role:
        client = sign_in_as(role)
        start = client.get("/")
        assert client.get(start.headers["Location"]).status_code in {200, 302}
