"""Opening, changing and closing sites."""

from collections.abc import Callable

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from harmreduction.accounts.rules import Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.sites import actions, queries
from harmreduction.sites.actions import SiteChange
from harmreduction.sites.models import Site
from harmreduction.sites.rules import SiteKind, SiteNameTaken
from tests.factories import SYSTEM, make_actor, make_site
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]
VAN = {"name": " Night van ", "kind": "mobile", "time_zone": "America/Chicago"}


@pytest.fixture
def administrator(sign_in_as: SignIn) -> PageClient:
    """The browser of somebody who looks after the sites."""
    return sign_in_as("administrator")


def test_a_site_is_opened_with_name_kind_and_clock(administrator: PageClient) -> None:
    administrator.send("/sites/new", **VAN)
    site = db.session.scalars(select(Site)).one()
    assert (site.name, site.kind, site.time_zone, site.is_active) == ("Night van", "mobile", "America/Chicago", True)
    assert "Night van Mobile: a van or a bike · America/Chicago" in text_of(administrator.page("/sites/"))
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.event, entry.subject, entry.site_id) == ("SITE_CHANGED", site.public_id, site.id)


def test_the_next_site_begins_with_the_clock_of_the_others(administrator: PageClient) -> None:
    for _ in range(2):
        make_site(time_zone="Europe/Madrid")
    make_site(time_zone="America/Chicago")
    assert 'value="Europe/Madrid"' in administrator.page("/sites/new").split("<datalist")[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "n" * 81}, "longer than 80"),
        ({"kind": ""}, "Choose one"),
        ({"time_zone": ""}, "Choose a city from the list"),
        ({"time_zone": "Atlantis/Capital"}, "Choose a city from the list"),
        ({"time_zone": "../../etc/passwd"}, "Choose a city from the list"),
    ],
)
def test_what_is_missing_is_pointed_out_at_its_field(
    administrator: PageClient, changes: dict[str, str], sentence: str
) -> None:
    assert sentence in text_of(administrator.send("/sites/new", status=200, **(VAN | changes)))
    assert queries.list_sites() == []


def test_two_sites_never_share_a_name(administrator: PageClient) -> None:
    make_site("Night van")
    other = make_site("Day van")
    sentence = "Another site has this name."
    assert sentence in text_of(administrator.send("/sites/new", status=200, **VAN))
    assert sentence in text_of(administrator.send(f"/sites/{other.public_id}", status=200, **VAN))
    with pytest.raises(SiteNameTaken):
        actions.open_site(SiteChange(name="Night van", kind=SiteKind.MOBILE, time_zone="UTC"), by=SYSTEM)


def test_a_site_changes_and_keeps_its_name_if_it_likes(administrator: PageClient) -> None:
    site = make_site("Night van")
    administrator.page(f"/sites/{site.public_id}")
    administrator.send(f"/sites/{site.public_id}", **(VAN | {"kind": "street"}))
    assert queries.get_site(site.public_id).kind == "street"


def test_a_closed_site_leaves_the_lists_people_choose_from_and_can_come_back(administrator: PageClient) -> None:
    site = make_site("Night van")
    worker = make_actor(sites=(site.id,))
    administrator.send(f"/sites/{site.public_id}/close")
    assert queries.list_sites_of(worker) == []
    assert "Closed" in text_of(administrator.page("/sites/"))
    administrator.send(f"/sites/{site.public_id}/reopen")
    assert [found.name for found in queries.list_sites_of(worker)] == ["Night van"]


def test_without_a_site_the_page_says_what_one_is(administrator: PageClient) -> None:
    assert "A site is a place or a route" in text_of(administrator.page("/sites/"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_looks_after_sites(sign_in_as: SignIn, role: Role) -> None:
    client, site = sign_in_as(role), make_site()
    for path in ("/sites/", "/sites/new", f"/sites/{site.public_id}"):
        client.page(path, status=403)
    for deed in ("close", "reopen"):
        client.send(f"/sites/{site.public_id}/{deed}", status=403)


def test_a_site_that_does_not_exist_is_not_found(administrator: PageClient, database: SQLAlchemy) -> None:
    administrator.page("/sites/6f1f3a55-2f0c-4f4f-9f5e-0a6c1f6d7e11", status=404)
