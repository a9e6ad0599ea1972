"""A small programme with one of everything that an address can name, for tests that walk all addresses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version as distribution_version
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from harmreduction.accounts import actions as accounts
from harmreduction.accounts import queries as account_queries
from harmreduction.accounts.models import Account
from harmreduction.accounts.rules import INVITATION_LASTS, Role, SignedIn
from harmreduction.core import encrypted_sqlite
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.permissions import Permission
from harmreduction.directory.basemap import basemap_version
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.rules import VisitDetails
from harmreduction.reports import actions as reports
from harmreduction.sites.models import Site
from harmreduction.stock import actions as stock
from harmreduction.stock import queries as stock_queries
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import Wanted
from harmreduction.sync.app_files import app_version
from tests.assessments.kept_results import instrument_things
from tests.assessments.things import Begun, lay_out_again, talk_things
from tests.directory.things import directory_things
from tests.encounters.desk import queue_things
from tests.encounters.gatherings import gathering_things
from tests.encounters.things import care_things
from tests.factories import (
    SYSTEM,
    days_from_now,
    hand_out,
    item,
    make_account,
    make_location,
    make_session_cookie,
    make_site,
    receive,
)
from tests.journeys.stories import journey_things
from tests.pages import PageClient
from tests.participants.asked import asked_things
from tests.participants.stories import allow_codes, make_participant
from tests.referrals.stories import CONTACT, make_referral, make_service, share
from tests.reports.told import told_things
from tests.reversals.stories import open_public_page, reversal_things
from tests.stock.counted import counted_things
from tests.stock.kits import kit_things
from tests.stock.recalls import recall_things
from tests.stock.requested import request_things
from tests.stock.sent import sent_things
from tests.stock.things import heat_things, stock_things
from tests.sync.things import phone_things

NOBODY = "nobody"
BEGUN: Begun = []  # conversations that run: they lie in no database, and are laid out again with it
HISTORY = b"site,month,given,returned\nNorth,2019-01,120,80\nNorth,2019-02,x,10\n"


@dataclass(frozen=True)
class Place:
    """What lies at one site, by what addresses call it; `own` is what each member of the team logged there."""

    ids: dict[str, str]
    own: dict[str, dict[str, str]]


@dataclass(frozen=True)
class World:
    """A programme with two sites, North and South, and a member of the team of each role at North."""

    app: Flask
    start_over: Callable[[], None]
    tokens: dict[str, str]
    north: Place
    south: Place
    everywhere: dict[str, str]

    def browser(self, who: str, *, kind: type[FlaskClient] = PageClient, language: str = "en") -> FlaskClient:
        """Return a browser in which somebody is signed in, by role; NOBODY is signed in nowhere.

        A plain FlaskClient as its kind sends no headers of its own and does not look at the pages.
        """
        browser = kind(self.app) if kind is PageClient else kind(self.app, self.app.response_class)
        browser.set_cookie("language", language)
        if who != NOBODY:
            browser.set_cookie("session", self.tokens[who])
        return browser

    def address(self, rule: Rule, who: str, *, place: Place | None = None) -> str:
        """Return the address of a route that names things at a place, as that person would open it."""
        place = place or self.north
        values = {**self.everywhere, **place.ids, **place.own[Role.OUTREACH_WORKER], **place.own.get(who, {})}
        if "account_id" in rule.arguments:
            values |= self.south.own[Role.OUTREACH_WORKER]  # the sessions of the member whom it names
        missing = rule.arguments - values.keys()
        assert not missing, f"say in conftest.py what {missing} in {rule.rule} stands for"
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method=None)


def walk(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Return every (method, rule) that the application answers to; HEAD and OPTIONS come with GET."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


@pytest.fixture(scope="session")
def built_world(app: Flask, migrated: Any) -> World:
    """The programme, made once; use `world`, which begins anew for each test."""
    template = encrypted_sqlite.driver().connect(":memory:", check_same_thread=False)
    with app.app_context():
        migrated.backup(_driver_connection())
        north, south = make_site("North"), make_site("South")
        allow_codes()
        shelf, van = make_location(north, "North shelf"), make_location(south, "South van")
        make_location(north, "North backpack")
        team = {role.value: make_account(role, sites=(north.id,), label=f"A {role.name.lower()}") for role in Role}
        stranger = make_account(Role.OUTREACH_WORKER, sites=(south.id,), label="Somebody at South")
        world = World(
            app=app,
            start_over=lambda: _copy(template, app),
            tokens={who: make_session_cookie(account)[1] for who, account in team.items()},
            north=_fill(north, shelf, team),
            south=_fill(south, van, {Role.OUTREACH_WORKER.value: stranger}),
            everywhere=_name_the_rest(stranger, team[Role.PROGRAMME_LEAD]) | phone_things(shelf, stranger),
        )
        db.session.remove()
        _driver_connection().backup(template)
    return world


def _fill(site: Site, place: StockLocation, members: dict[str, Account]) -> Place:
    """Let things happen at a place, and return how addresses name them."""
    old, _new = receive(place, 10, lot="OLD", expiry=days_from_now(-3)), receive(place, 500, lot="NEW")
    arrived = stock.Receipt(
        client_id=new_id(),
        location_id=place.id,
        item_id=item("wound-kit").id,
        lot_number="",
        expiry=None,
        quantity=40,
        occurred_at=now(),
    )
    stock.receive(arrived, by=SYSTEM)
    hand_out(place, lines=(Wanted(item_id=old.item_id, quantity=1, lot_id=old.id),))
    [to_look_into] = stock_queries.list_open_discrepancies([place.id])
    return Place(
        ids={
            "site_id": site.public_id,
            "location_id": place.public_id,
            "fact_id": arrived.client_id,
            "discrepancy_id": to_look_into.public_id,
            **counted_things(place),
            **heat_things(place),
            **kit_things(place),
            **recall_things(place),
            **sent_things(place),
            **request_things(place),
            **_refer(site),
            **reversal_things(site),
            "participant_id": make_participant(site).public_id,
            **queue_things(site),
            **instrument_things(site),
            **talk_things(site, by=_as(members.get(Role.CLINICIAN.value) or next(iter(members.values()))), begun=BEGUN),
        },
        own={who: _own_things(site, place, account) for who, account in members.items()},
    )


def _refer(site: Site) -> dict[str, str]:
    """Make a referral at a site and share it, and return how addresses name both."""
    referral = make_referral(site, make_service(), contact=CONTACT)
    agreement, token = share(referral, until=days_from_now(7))
    return {"referral_id": referral.public_id, "consent_id": agreement.client_id, "partner_token": token}


def _own_things(site: Site, place: StockLocation, account: Account) -> dict[str, str]:
    """Let a member log a hand-out from a place, and return how addresses name what is theirs."""
    make_session_cookie(account)
    own = {"session_id": account_queries.list_sessions(account, now=now())[0].public_id}
    me = _as(account)
    if not me.may(Permission.LOG_DISTRIBUTIONS):
        return own
    encounters.choose_working_place(site.public_id, place.public_id, day=None, by=me)
    logged = hand_out(place, ("naloxone-nasal-4", 1), by=me, details=VisitDetails(note="asked about test strips"))
    own |= gathering_things(site, by=me)
    return own | {"distribution_id": str(logged.distribution_id), "visit_id": logged.visit_id}


def _name_the_rest(member: Account, lead: Account) -> dict[str, str]:
    """Return what addresses name beside places: a member of the team, a link, an uploaded file …"""
    open_public_page()
    invited = make_account(Role.VOLUNTEER, label="Somebody new")
    service_id = make_service().hsds_id
    return {
        **directory_things(),
        **stock_things(),
        **asked_things(),
        **care_things(),
        **journey_things(),
        **told_things(),
        "account_id": member.public_id,
        "app_version": app_version(),
        "asset": "leaflet.js",
        "code": "es",
        "filename": "css/app.css",
        "item_id": item().public_id,
        "module": "outbox",
        "part": "cities.json",
        "release": f"leaflet-{distribution_version('django-js-lib-leaflet')}",
        "records": "services",
        "hsds_id": service_id,
        "service_id": service_id,
        "staged_id": reports.stage_history(HISTORY, by=_as(lead), at=now()),
        "token": accounts.make_sign_in_link(invited.id, lasts=INVITATION_LASTS, asks_for_passphrase=False, by=SYSTEM),
        "version": basemap_version(),
    }


def _as(account: Account) -> SignedIn:
    """Return a member of the team as actions see them."""
    return account_queries.signed_in_as(account.id)


def _copy(template: Any, app: Flask) -> None:
    """Put the programme as it was made in the place of the database."""
    with app.app_context():
        template.backup(_driver_connection())
        lay_out_again(BEGUN)


def _driver_connection() -> Any:
    """Return the one connection of the database in memory."""
    return db.engine.raw_connection().driver_connection


@pytest.fixture
def world(built_world: World) -> World:
    """The programme as it was made, whatever the test before did to it."""
    built_world.start_over()
    return built_world
