"""A believable demonstration programme, built only through what people do with the product.

Nothing in it is real: the team, the sites and the nights are made up, from a fixed seed, so that two
demonstrations built on the same day are alike.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from harmreduction.accounts import actions as accounts
from harmreduction.accounts import queries as account_queries
from harmreduction.accounts.models import Account
from harmreduction.accounts.rules import Role
from harmreduction.core.actor import Actor, SystemActor
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, transaction
from harmreduction.demo.care import add_people
from harmreduction.demo.community import add_community
from harmreduction.demo.conversations import add_conversations
from harmreduction.demo.deeds import Stores
from harmreduction.demo.front_desk import add_front_desk
from harmreduction.demo.referrals import add_referrals
from harmreduction.demo.services import HOME_PLACE, add_services
from harmreduction.demo.supplies import add_supplies
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.rules import Audience, Distribution, Returned, ReturnMeasure, VisitDetails
from harmreduction.encounters.usual import load_usual_handouts
from harmreduction.settings.actions import set_values
from harmreduction.settings.rules import YES
from harmreduction.sites.models import Site
from harmreduction.sites.rules import SiteKind
from harmreduction.stock import actions as stock
from harmreduction.stock.catalogue import load_catalogue
from harmreduction.stock.models import Item, Lot, StockLocation
from harmreduction.stock.rules import LocationKind, Wanted

TIME_ZONE = "America/New_York"
DAYS = 42
LINK_LASTS = timedelta(hours=1)
SITES = (
    ("Union St drop-in", SiteKind.DROP_IN, LocationKind.FIXED_SITE, "Union St shelf"),
    ("Night van", SiteKind.MOBILE, LocationKind.VAN, "Night van drawers"),
    ("Eastside", SiteKind.STREET, LocationKind.BACKPACK, "Eastside backpack"),
)
WAREHOUSE = "Store room"
TEAM = (
    ("maya", "Maya", Role.OUTREACH_WORKER, ("Night van", "Union St drop-in")),
    ("jo", "Jo", Role.VOLUNTEER, ("Eastside",)),
    ("ines", "Ines", Role.CLINICIAN, ("Union St drop-in",)),
    ("noor", "Noor", Role.PROGRAMME_LEAD, ()),
    ("sam", "Sam", Role.ADMINISTRATOR, ()),
)
# item code, lot number, months until its date, units received into the store room
DELIVERIES = (
    ("naloxone-nasal-4", "NX24B17", 1, 240),
    ("naloxone-nasal-4", "NX26A02", 26, 480),
    ("naloxone-vial-0.4", "HV1190", 14, 200),
    ("kit-im-naloxone", "IMK-07", 11, 60),
    ("strip-fentanyl", "FT5512", 16, 2_000),
    ("strip-xylazine", "XY0871", 15, 800),
    ("syringe-1ml-28g-half", "SY28-431", 30, 12_000),
    ("syringe-1ml-27g-half", "SY27-118", 28, 4_000),
    ("kit-smoking", "", None, 700),
    ("wound-kit", "", None, 240),
    ("kit-injection-5", "", None, 500),
    ("hygiene-kit", "", None, 160),
    ("cooker", "", None, 3_000),
    ("alcohol-pad", "", None, 6_000),
    ("condom-external", "CX9052", 40, 2_000),
    ("sharps-1l", "", None, 150),
)
# what goes out together, how often
HANDOUTS: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = (
    (30, (("naloxone-nasal-4", 1),)),
    (22, (("syringe-1ml-28g-half", 10), ("kit-injection-5", 1))),
    (12, (("kit-smoking", 1), ("strip-fentanyl", 5))),
    (10, (("naloxone-nasal-4", 2), ("strip-fentanyl", 5), ("strip-xylazine", 2))),
    (9, (("syringe-1ml-27g-half", 20), ("cooker", 10), ("alcohol-pad", 20), ("sharps-1l", 1))),
    (7, (("wound-kit", 1),)),
    (6, (("hygiene-kit", 1), ("condom-external", 6))),
    (4, (("kit-im-naloxone", 1),)),
)


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A site with the place its supplies come from, and who hands out there."""

    site: Site
    location: StockLocation
    worker: Actor


def build_demonstration(progress: Callable[[str], None]) -> None:
    """Fill a new database with a programme that has worked for six weeks."""
    chance = random.Random(20_26_11)  # noqa: S311  # a believable picture, not a secret
    system = SystemActor(label="demonstration")
    with transaction():
        progress("The team, the sites and the supplies …")
        set_values(
            {
                "programme_name": "Riverside Outreach",
                "time_zone": TIME_ZONE,
                "is_demonstration": YES,
                "home_place": HOME_PLACE,
                "uses_card_codes": YES,
                "uses_recipe_codes": YES,
                "takes_public_reversals": YES,
                "is_report_back_public": YES,
            },
            by=system,
        )
        load_catalogue()
        load_hotlines()
        load_usual_handouts()
        sites = _open_sites()
        warehouse = stock.open_location(WAREHOUSE, LocationKind.WAREHOUSE, site_id=sites[0].id, by=system)
        team = _invite_team(sites, system)
        handovers = _handovers(sites, team, system)
        _receive_deliveries(warehouse, chance, by=team["noor"])
        _load_out(warehouse, handovers, chance, by=team["noor"])
        progress("The services around …")
        add_services(by=team["noor"], at=now())
        progress("Six weeks of hand-outs …")
        _hand_out_for_weeks(handovers, chance)
        progress("Kits, machines, partners, a count and a recall …")
        drop_in, van, backpack = (handover.location for handover in handovers)
        stores = Stores(store=warehouse, drop_in=drop_in, van=van, backpack=backpack, team=team)
        add_supplies(stores, chance, at=now())
        add_referrals(sites[0].id, by=team["ines"], at=now(), chance=chance)
        progress("Codes without names, reversed overdoses, groups and the front desk …")
        for add in (add_people, add_community, add_conversations, add_front_desk):
            add(stores, chance, at=now())


def sign_in_links(base_url: str) -> list[tuple[str, Role, str]]:
    """Return (name, role, link) for each member of the demonstration's team; the links last one hour."""
    system = SystemActor(label="demonstration")
    people = db.session.execute(select(Account.id, Account.label, Account.role).order_by(Account.id)).all()
    with transaction():
        return [
            (
                person.label,
                Role(person.role),
                f"{base_url}/sign-in/link/"
                + accounts.make_sign_in_link(person.id, lasts=LINK_LASTS, asks_for_passphrase=False, by=system),
            )
            for person in people
        ]


def _open_sites() -> list[Site]:
    """Open the sites."""
    sites = [Site(name=name, kind=kind, time_zone=TIME_ZONE) for name, kind, _, _ in SITES]
    db.session.add_all(sites)
    db.session.flush()
    return sites


def _invite_team(sites: list[Site], system: Actor) -> dict[str, Actor]:
    """Invite the team and return its members by sign-in name."""
    ids = {site.name: site.id for site in sites}
    team: dict[str, Actor] = {}
    for sign_in_name, label, role, works_at in TEAM:
        account = accounts.create_account(
            sign_in_name=sign_in_name,
            label=label,
            role=role,
            site_ids=[ids[name] for name in works_at],
            by=system,
        )
        team[sign_in_name] = account_queries.signed_in_as(account.id)
    return team


def _handovers(sites: list[Site], team: dict[str, Actor], system: Actor) -> list[Handover]:
    """Give each site its stock place and its worker, and let the worker's page remember both."""
    workers = (team["ines"], team["maya"], team["jo"])
    handovers = []
    for site, (_, _, kind, place), worker in zip(sites, SITES, workers, strict=True):
        location = stock.open_location(place, kind, site_id=site.id, by=system)
        encounters.choose_working_place(site.public_id, location.public_id, day=None, by=worker)
        handovers.append(Handover(site=site, location=location, worker=worker))
    return handovers


def _receive_deliveries(warehouse: StockLocation, chance: random.Random, *, by: Actor) -> None:
    """Book the deliveries into the store room, six weeks ago."""
    items = {item.code: item for item in db.session.scalars(select(Item))}
    for code, lot_number, months, units in DELIVERIES:
        stock.receive(
            stock.Receipt(
                client_id=_id(chance),
                location_id=warehouse.id,
                item_id=items[code].id,
                lot_number=lot_number,
                expiry=_in_months(months),
                quantity=units,
                occurred_at=now() - timedelta(days=DAYS + 3),
            ),
            by=by,
        )


def _load_out(warehouse: StockLocation, handovers: list[Handover], chance: random.Random, *, by: Actor) -> None:
    """Move a fifth of every lot to each site."""
    received = {(code, lot): units for code, lot, _, units in DELIVERIES}
    on_shelf = db.session.execute(select(Lot.id, Lot.lot_number, Item.code).join(Item, Item.id == Lot.item_id)).all()
    lots = tuple((lot.id, received[lot.code, lot.lot_number] // 5) for lot in on_shelf)
    for handover in handovers:
        stock.transfer(
            stock.Transfer(
                client_id=_id(chance),
                from_location_id=warehouse.id,
                to_location_id=handover.location.id,
                lots=lots,
                occurred_at=now() - timedelta(days=DAYS + 2),
            ),
            by=by,
        )


def _hand_out_for_weeks(handovers: list[Handover], chance: random.Random) -> None:
    """Log the nights, each hand-out at its own time."""
    items = {item.code: item.id for item in db.session.scalars(select(Item))}
    weights = [weight for weight, _ in HANDOUTS]
    for days_ago in range(DAYS, -1, -1):
        for handover in handovers:
            evening = now() - timedelta(days=days_ago, hours=2)
            for _ in range(chance.randint(1, 6)):
                at = evening + timedelta(minutes=chance.randint(0, 110))
                [(_, lines)] = chance.choices(HANDOUTS, weights)
                _log(handover, lines, items, at, chance)


def _log(
    handover: Handover,
    lines: tuple[tuple[str, int], ...],
    items: dict[str, int],
    at: datetime,
    chance: random.Random,
) -> None:
    """Log one hand-out as its worker would."""
    encounters.log_distribution(
        Distribution(
            client_id=_id(chance),
            visit_id=_id(chance),
            site_id=handover.site.id,
            location_id=handover.location.id,
            time_zone=TIME_ZONE,
            lines=tuple(Wanted(item_id=items[code], quantity=units) for code, units in lines),
            details=_details(chance),
        ),
        by=handover.worker,
        at=at,
    )


def _details(chance: random.Random) -> VisitDetails:
    """Tell something on some visits; most say nothing, as in life."""
    if chance.random() < 0.55:
        return VisitDetails()
    audience = chance.choice([None, Audience.SELF, Audience.SELF, Audience.SELF_AND_OTHERS, Audience.OTHERS])
    others = chance.choice([1, 2, 2, 5]) if audience in (Audience.SELF_AND_OTHERS, Audience.OTHERS) else None
    returned = None
    if chance.random() < 0.5:
        counted = Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(chance.randint(1, 8) * 10))
        estimated = Returned(measure=ReturnMeasure.LITRES, amount=Decimal(chance.choice(["0.5", "1", "1.4"])))
        returned = chance.choice([counted, counted, estimated])
    return VisitDetails(audience=audience, number_of_others=others, returned=returned)


def _in_months(months: int | None) -> date | None:
    """Return the last day of a month from now; None for what keeps."""
    return None if months is None else today(TIME_ZONE) + timedelta(days=30 * months - 6)


def _id(chance: random.Random) -> str:
    """Return the client-made id of a fact."""
    return str(UUID(int=chance.getrandbits(128), version=4))
