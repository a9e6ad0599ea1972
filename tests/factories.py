"""Believable things for tests: plain functions with defaults. No name here is a participant's."""

import itertools
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from harmreduction.accounts import actions as accounts
from harmreduction.accounts import queries as account_queries
from harmreduction.accounts.models import Account
from harmreduction.accounts.rules import Role, SignedIn
from harmreduction.core.actor import Actor, SystemActor
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.keys import Keys
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.rules import Distribution, VisitDetails
from harmreduction.sites.models import Site
from harmreduction.stock import actions as stock
from harmreduction.stock.models import Item, Lot, StockBalance, StockLocation
from harmreduction.stock.rules import LocationKind, Wanted

KEYS = Keys(database="00" * 32, fields="11" * 32, web="22" * 32, audit="44" * 32, codes="55" * 32, phones="66" * 32)
SYSTEM = SystemActor(label="test")
TIME_ZONE = "America/New_York"
NEXT_YEAR = date(2030, 6, 30)
# Names bear letters and no digits: a story may look for a number on a page.
_marks = ("".join(letters) for letters in itertools.product("BCDFGHJKLMNPQRSTVWXZ", repeat=4))


def make_site(name: str | None = None, time_zone: str = TIME_ZONE) -> Site:
    """Open a site."""
    with transaction():
        site = Site(name=name or f"Site {next(_marks)}", kind="drop_in", time_zone=time_zone)
        db.session.add(site)
    return site


def make_location(site: Site | None = None, name: str | None = None, *, is_strict: bool = False) -> StockLocation:
    """Open a stock place at a site."""
    site = site or make_site()
    with transaction():
        place = stock.open_location(
            name or f"Shelf {next(_marks)}", LocationKind.FIXED_SITE, site_id=site.id, by=SYSTEM
        )
        place.is_strict = is_strict
    return place


def item(code: str = "naloxone-nasal-4") -> Item:
    """Return an item of the starting catalogue."""
    return db.session.scalars(select(Item).where(Item.code == code)).one()


def receive(
    location: StockLocation,
    quantity: int,
    *,
    code: str = "naloxone-nasal-4",
    lot: str = "A1",
    expiry: date | None = NEXT_YEAR,
) -> Lot:
    """Book supplies into a place and return their lot."""
    what = item(code)
    stock.receive(
        stock.Receipt(
            client_id=new_id(),
            location_id=location.id,
            item_id=what.id,
            lot_number=lot,
            expiry=expiry if lot else None,  # a date belongs to a numbered lot
            quantity=quantity,
            occurred_at=now(),
        ),
        by=SYSTEM,
    )
    return db.session.scalars(select(Lot).where(Lot.item_id == what.id, Lot.lot_number == lot)).one()


def on_hand(location: StockLocation, lot: Lot) -> int:
    """Return the units of a lot at a place."""
    balance = db.session.get(StockBalance, (location.id, lot.id), populate_existing=True)
    return 0 if balance is None else balance.on_hand


def make_account(role: str = "outreach_worker", *, sites: tuple[int, ...] = (), label: str | None = None) -> Account:
    """Invite a member of the team."""
    mark = next(_marks)
    return accounts.create_account(
        sign_in_name=f"member-{mark.lower()}",
        label=label or f"Member {mark}",
        role=Role(role),
        site_ids=list(sites),
        by=SYSTEM,
    )


def make_actor(role: str = "outreach_worker", *, sites: tuple[int, ...] = ()) -> SignedIn:
    """Return a new member of the team as actions see them."""
    return account_queries.signed_in_as(make_account(role, sites=sites).id)


def make_session_cookie(account: Account) -> tuple[str, str]:
    """Return name and value of the cookie of a browser in which this person is signed in."""
    token = accounts.start_session(account.id, browser="Test browser")
    return "session", token


def hand_out(
    location: StockLocation,
    *lines: tuple[str, int],
    by: Actor = SYSTEM,
    details: VisitDetails | None = None,
    **changes: Any,
) -> encounters.Logged:
    """Log a hand-out of (item code, units) lines at a place."""
    site = db.session.get_one(Site, location.site_id)
    at = changes.pop("at", None)
    fields: dict[str, Any] = {
        "client_id": new_id(),
        "visit_id": new_id(),
        "site_id": site.id,
        "location_id": location.id,
        "time_zone": site.time_zone,
        "details": details,
        "lines": tuple(Wanted(item_id=item(code).id, quantity=units) for code, units in lines),
    } | changes
    return encounters.log_distribution(Distribution(**fields), by=by, at=at)


def days_from_now(days: int) -> date:
    """Return a day from today, as sites made here name their days."""
    return today(TIME_ZONE) + timedelta(days=days)
