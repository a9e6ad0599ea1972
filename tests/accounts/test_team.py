"""Looking after the team."""

import html
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from harmreduction.accounts import actions, queries
from harmreduction.accounts.models import Account, AccountSession
from harmreduction.accounts.rules import LastAdministrator, Role, SignInNameTaken
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.core.errors import NotAllowed
from harmreduction.sites.actions import close_site
from tests.accounts.people import PASSPHRASE, is_signed_in, make_person, sign_in
from tests.factories import SYSTEM, make_account, make_site
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]


@pytest.fixture
def administrator(sign_in_as: SignIn) -> PageClient:
    """The browser of somebody who looks after the team."""
    return sign_in_as("administrator")


def account_named(sign_in_name: str) -> Account:
    return db.session.scalars(select(Account).where(Account.sign_in_name == sign_in_name)).one()


def link_on(page: str) -> str:
    """Return the path of the sign-in link that a page shows."""
    shown = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)
    assert shown is not None
    return urlsplit(html.unescape(shown[1])).path


def test_an_invited_person_starts_by_the_link_and_works_at_their_sites(app: Flask, administrator: PageClient) -> None:
    van, office = make_site("Night van"), make_site("Office")
    made = administrator.send(
        "/team/new", status=200, label="Jo", sign_in_name="Jo", role="volunteer", sites=[van.public_id]
    )
    assert "They sign in as jo." in text_of(made)
    jo = PageClient(app)
    jo.send(link_on(made.get_data(as_text=True)), chosen_passphrase=PASSPHRASE, same_passphrase=PASSPHRASE)
    words = text_of(jo.page("/account/"))
    assert "Night van" in words
    assert office.name not in words
    assert queries.signed_in_as(account_named("jo").id).own_site_ids == {van.id}


def test_a_name_that_somebody_signs_in_with_is_refused_at_the_field(administrator: PageClient) -> None:
    taken = make_account()
    fields = {"label": "Jo", "sign_in_name": taken.sign_in_name.upper(), "role": "volunteer"}
    assert "Somebody signs in with this name already" in text_of(administrator.send("/team/new", status=200, **fields))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": ""}, "Enter a name"),
        ({"sign_in_name": ""}, "Enter a sign-in name"),
        ({"sign_in_name": "jo smith"}, "without spaces"),
        ({"role": ""}, "Choose a role"),
        ({"role": "king"}, "Not a valid choice"),
        ({"sites": ["no-such-site"]}, "not a valid choice"),
    ],
)
def test_what_is_missing_in_an_invitation_is_pointed_out(
    administrator: PageClient, changes: dict[str, str], sentence: str
) -> None:
    fields = {"label": "Jo", "sign_in_name": "jo", "role": "volunteer"} | changes
    assert sentence in text_of(administrator.send("/team/new", status=200, **fields))
    assert queries.find_account_id("jo") is None


def test_the_team_page_shows_role_sites_and_who_has_no_access(app: Flask, administrator: PageClient) -> None:
    van = make_site("Night van")
    maya, jo = make_person("clinician", label="Maya", sites=(van.id,)), make_account("volunteer", label="Jo")
    sign_in(app, maya)
    actions.end_access(jo.public_id, by=SYSTEM)
    words = text_of(administrator.page("/team/"))
    assert "Maya Clinician · Night van Here 1 minute ago" in words
    assert "Jo Volunteer No access" in words


def test_a_member_gets_another_role_and_other_sites(administrator: PageClient) -> None:
    van, office = make_site("Night van"), make_site("Office")
    maya = make_account("outreach_worker", label="Maya", sites=(van.id,))
    path = f"/team/{maya.public_id}"
    page = administrator.page(path)
    assert re.search(rf'checked[^>]*value="{van.public_id}"', page)
    assert not re.search(rf'checked[^>]*value="{office.public_id}"', page)
    administrator.send(path, label="Maya R", role="clinician", sites=[office.public_id])
    changed = queries.signed_in_as(maya.id)
    assert (changed.label, changed.role, changed.own_site_ids) == ("Maya R", Role.CLINICIAN, {office.id})
    assert db.session.scalars(select(AuditEntry.event)).all()[-1] == "ACCOUNT_CHANGED"


def test_a_closed_site_stays_with_those_who_work_there(administrator: PageClient) -> None:
    van = make_site("Night van")
    close_site(van.public_id, by=SYSTEM)
    maya = make_account("outreach_worker", sites=(van.id,))
    path = f"/team/{maya.public_id}"
    administrator.send(path, label="Maya", role="outreach_worker", sites=[van.public_id])
    assert queries.signed_in_as(maya.id).own_site_ids == {van.id}
    assert "Night van" not in administrator.page("/team/new")


def test_access_ends_at_once_and_comes_back_with_the_same_passphrase(app: Flask, administrator: PageClient) -> None:
    maya = make_person()
    browser = sign_in(app, maya)
    administrator.send(f"/team/{maya.public_id}/end-access")
    assert not is_signed_in(browser)
    assert "No access" in administrator.page(f"/team/{maya.public_id}")
    administrator.send(f"/team/{maya.public_id}/restore-access")
    assert is_signed_in(sign_in(app, maya))


def test_a_new_link_helps_after_a_lost_passphrase(app: Flask, administrator: PageClient) -> None:
    maya = make_person()
    made = administrator.send(f"/team/{maya.public_id}/link", status=200)
    assert "48 hours" in text_of(made)
    assert "Choose a passphrase" in PageClient(app).page(link_on(made.get_data(as_text=True)))


def test_no_link_is_made_for_somebody_without_access(app: Flask, database: SQLAlchemy) -> None:
    maya = make_person()
    actions.end_access(maya.public_id, by=SYSTEM)
    with pytest.raises(NotAllowed, match="Give it back first"):
        actions.send_new_link(maya.public_id, by=SYSTEM)


def test_the_sessions_of_a_member_are_seen_and_ended_one_by_one_or_all(app: Flask, administrator: PageClient) -> None:
    maya = make_person()
    browsers = [sign_in(app, maya) for _ in range(3)]
    newest = db.session.scalars(
        select(AccountSession.public_id).where(AccountSession.account_id == maya.id).order_by(AccountSession.id.desc())
    ).first()
    assert f"/sessions/{newest}/end" in administrator.page(f"/team/{maya.public_id}")
    administrator.send(f"/team/{maya.public_id}/sessions/{newest}/end")
    assert [is_signed_in(browser) for browser in browsers] == [True, True, False]
    administrator.send(f"/team/{maya.public_id}/sessions/{newest}/end", status=404)
    administrator.send(f"/team/{maya.public_id}/sessions/end")
    assert not any(is_signed_in(browser) for browser in browsers)


def test_the_last_administrator_can_neither_leave_nor_become_something_else(app: Flask, database: SQLAlchemy) -> None:
    sam = make_person("administrator")
    browser = sign_in(app, sam)
    path = f"/team/{sam.public_id}"
    sentence = "Nobody else can look after the team yet."
    assert sentence in text_of(browser.send(f"{path}/end-access", status=400))
    assert sentence in text_of(browser.send(path, status=200, label="Sam", role="volunteer"))
    assert is_signed_in(browser)


def test_an_invited_administrator_who_has_not_started_does_not_count(app: Flask, database: SQLAlchemy) -> None:
    sam = make_person("administrator")
    make_account("administrator")
    with pytest.raises(LastAdministrator):
        actions.end_access(sam.public_id, by=SYSTEM)
    make_person("administrator")
    actions.end_access(sam.public_id, by=SYSTEM)
    assert db.session.get_one(Account, sam.id).disabled_at is not None


def test_a_refused_change_saves_nothing_at_all(app: Flask, database: SQLAlchemy) -> None:
    sam = make_person("administrator", label="Sam")
    before = db.session.scalars(select(AuditEntry.id)).all()
    with pytest.raises(LastAdministrator):
        actions.change_member(sam.public_id, label="Other", role=Role.VOLUNTEER, site_ids=[], by=SYSTEM)
    assert queries.signed_in_as(sam.id).label == "Sam"
    assert db.session.scalars(select(AuditEntry.id)).all() == before
    with pytest.raises(SignInNameTaken):
        actions.invite(sign_in_name=sam.sign_in_name, label="Jo", role=Role.VOLUNTEER, site_ids=[], by=SYSTEM)
    assert db.session.scalars(select(AuditEntry.id)).all() == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_looks_after_the_team(sign_in_as: SignIn, role: Role) -> None:
    client = sign_in_as(role)
    other = make_account()
    for path in ("/team/", "/team/new", f"/team/{other.public_id}"):
        client.page(path, status=403)
    for deed in ("link", "end-access", "restore-access", "sessions/end"):
        client.send(f"/team/{other.public_id}/{deed}", status=403)


def test_a_member_who_does_not_exist_is_not_found(administrator: PageClient) -> None:
    administrator.page("/team/6f1f3a55-2f0c-4f4f-9f5e-0a6c1f6d7e11", status=404)
    administrator.page("/team/1", status=404)
