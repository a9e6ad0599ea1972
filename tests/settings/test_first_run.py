"""The first run of a real programme: one code, one page, once."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from harmreduction.accounts import queries as accounts
from harmreduction.accounts.models import Account
from harmreduction.accounts.rules import TRIES, Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.settings.actions import prepare_first_run
from harmreduction.settings.models import Setting
from harmreduction.settings.queries import awaits_first_run, current_settings
from harmreduction.settings.rules import grouped_code, normalised_code
from harmreduction.sites.models import Site
from tests.accounts.people import PASSPHRASE, is_signed_in
from tests.pages import PageClient, text_of

FIRST = {
    "programme_name": "Riverside Outreach",
    "time_zone": "america/chicago",
    "site_name": "Union St drop-in",
    "site_kind": "drop_in",
    "label": "Sam",
    "sign_in_name": "Sam",
    "chosen_passphrase": PASSPHRASE,
    "same_passphrase": PASSPHRASE,
}


@pytest.fixture
def code(database: SQLAlchemy) -> str:
    """The code that `flask hr init` prints."""
    return prepare_first_run()


def test_one_page_sets_up_a_programme_and_signs_its_administrator_in(client: PageClient, code: str) -> None:
    assert "Set up your programme" in client.page("/first-run")
    done = client.send("/first-run", code=code, **FIRST)
    assert done.headers["Location"] == "/first-run/next"
    words = text_of(client.page("/first-run/next"))
    assert "Invite a programme lead" in words
    assert is_signed_in(client)

    settings = current_settings()
    assert (settings.programme_name, settings.time_zone) == ("Riverside Outreach", "America/Chicago")
    assert not settings.is_demonstration
    site = db.session.scalars(select(Site)).one()
    assert (site.name, site.kind, site.time_zone) == ("Union St drop-in", "drop_in", "America/Chicago")
    sam = db.session.scalars(select(Account)).one()
    assert (sam.label, sam.sign_in_name, sam.role) == ("Sam", "sam", Role.ADMINISTRATOR)
    assert "PROGRAMME_STARTED" in db.session.scalars(select(AuditEntry.event)).all()


def test_a_programme_is_set_up_once(client: PageClient, code: str) -> None:
    client.send("/first-run", code=code, **FIRST)
    assert not awaits_first_run()
    client.send("/sign-out")
    assert client.get("/first-run").headers["Location"] == "/sign-in"
    again = client.send("/first-run", code=code, **(FIRST | {"sign_in_name": "other"}))
    assert again.headers["Location"] == "/sign-in"
    assert accounts.count_accounts() == 1


def test_a_code_is_the_same_however_it_is_typed(client: PageClient, code: str) -> None:
    client.send("/first-run", code=f" {code.lower().replace('-', ' ')} ", **FIRST)
    assert is_signed_in(client)


def test_a_wrong_code_sets_nothing_up(client: PageClient, code: str) -> None:
    words = text_of(client.send("/first-run", status=200, code="2222-2222-2222", **FIRST))
    assert "This is not the code." in words
    assert accounts.count_accounts() == 0
    assert current_settings().programme_name == "Harm Reduction Tracker"


def test_guessing_the_code_is_slow(client: PageClient, code: str) -> None:
    for _ in range(TRIES):
        client.send("/first-run", status=200, code="2222-2222-2222", **FIRST)
    client.send("/first-run", status=429, code=code, **FIRST)


def test_only_a_digest_of_the_code_is_kept(code: str) -> None:
    kept = str(db.session.execute(select(Setting.__table__)).all())
    assert code not in kept
    assert normalised_code(code) not in kept


def test_without_a_code_there_is_no_first_run(client: PageClient) -> None:
    assert client.get("/first-run").headers["Location"] == "/sign-in"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"programme_name": ""}, "Enter the name of the programme"),
        ({"site_name": ""}, "Enter the name of a site"),
        ({"site_kind": ""}, "Choose one"),
        ({"label": ""}, "Enter a name"),
        ({"sign_in_name": "s m"}, "without spaces"),
        ({"time_zone": "here"}, "Choose a city from the list"),
        ({"chosen_passphrase": "short", "same_passphrase": "short"}, "at least 12 characters"),
        ({"same_passphrase": "something else"}, "The two are not the same"),
        (
            {"chosen_passphrase": "Riverside Outreach!", "same_passphrase": "Riverside Outreach!"},
            "Somebody who guesses",
        ),
    ],
)
def test_what_is_missing_is_pointed_out_and_nothing_is_saved(
    client: PageClient, code: str, changes: dict[str, str], sentence: str
) -> None:
    words = text_of(client.send("/first-run", status=200, code=code, **(FIRST | changes)))
    assert sentence in words
    assert awaits_first_run()
    assert db.session.scalar(select(func.count()).select_from(Site)) == 0


def test_a_code_reads_in_groups_without_signs_that_look_alike(code: str) -> None:
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("01OIAEUL")
    assert grouped_code(normalised_code(code)) == code
