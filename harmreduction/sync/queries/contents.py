"""Read what the public ids in a record stand for, as people call it, and what a lead may choose instead."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, SupplyLine
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, Lot, StockLocation
from harmreduction.sync.rules.deeds import Deed, Named, named_in


@dataclass(frozen=True, kw_only=True)
class Names:
    """What public ids stand for; what is missing is not known here. places: "North, shelf"; lots: their numbers."""

    places: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    lots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What a lead may choose for a record: (public id, name) of places and of the team, and items."""

    places: Sequence[tuple[str, str]]
    people: Sequence[tuple[str, str]]
    items: Sequence[Item]


def names_in(deed: Deed) -> Names:
    """Return what stands behind the ids that a deed names."""
    return names_of(named_in(deed))


def names_of(named: Named) -> Names:
    """Return what stands behind public ids."""
    items = db.session.scalars(select(Item).where(Item.public_id.in_(named.items)))
    lots = db.session.execute(select(Lot.public_id, Lot.lot_number).where(Lot.public_id.in_(named.lots)))
    return Names(
        places=dict(_places(named.places)),
        items={item.public_id: item for item in items},
        lots={public_id: number or "" for public_id, number in lots},
    )


def find_author(public_id: str) -> str | None:
    """Return the label of who wrote a record, whether or not they still are in the team."""
    return db.session.scalar(select(Account.label).where(Account.public_id == public_id))


def find_saved_lines(public_id: str) -> Sequence[tuple[Item, int]]:
    """Return (item, units) of the hand-out that a record was saved as; of one that was voided since as well."""
    rows = db.session.execute(
        select(Item, SupplyLine.quantity)
        .join(SupplyLine, SupplyLine.item_id == Item.id)
        .join(Distribution, Distribution.id == SupplyLine.distribution_id)
        .where(Distribution.public_id == public_id)
        .order_by(SupplyLine.line_no)
    )
    return [(item, units) for item, units in rows]


def find_account_id(public_id: str) -> int | None:
    """Return the row of somebody of the team."""
    return db.session.scalar(select(Account.id).where(Account.public_id == public_id))


def list_offered() -> Offered:
    """Return every place of a site, everybody of the team, and every item that goes on under its own name."""
    return Offered(
        places=_places(None),
        people=[(row[0], row[1]) for row in db.session.execute(select(*PERSON).order_by(Account.label))],
        items=db.session.scalars(select(Item).where(Item.merged_into_id.is_(None)).order_by(Item.name)).all(),
    )


PERSON = (Account.public_id, Account.label)


def _places(public_ids: Collection[str] | None) -> list[tuple[str, str]]:
    """Return (public id, name) of stock places of sites: these, or all of them."""
    wanted: Any = (
        select(StockLocation.public_id, Site.name, StockLocation.name)
        .join(Site, Site.id == StockLocation.site_id)
        .order_by(Site.name, StockLocation.name)
    )
    if public_ids is not None:
        wanted = wanted.where(StockLocation.public_id.in_(public_ids))
    return [(public_id, f"{site}, {name}") for public_id, site, name in db.session.execute(wanted)]
