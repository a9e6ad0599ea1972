"""The small deeds of which the demonstration's season of supplies is made."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.rules import Distribution
from harmreduction.sites.models import Site
from harmreduction.stock import actions as stock
from harmreduction.stock.actions import choices, places
from harmreduction.stock.actions.receiving import Papers
from harmreduction.stock.actions.shipments import Sending, send
from harmreduction.stock.models import FundingSource, Item, Lot, StockLocation, StockReason
from harmreduction.stock.rules import LocationKind, Wanted


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The places of the demonstration by their role, and the team by sign-in name."""

    store: StockLocation
    drop_in: StockLocation
    van: StockLocation
    backpack: StockLocation
    team: dict[str, Actor]


class Deeds:
    """The demonstration's places and lists at hand, so that each thing that happens takes a few lines."""

    def __init__(self, stores: Stores, chance: random.Random, at: datetime) -> None:
        self.stores, self.chance, self.at = stores, chance, at
        self.lead, self.maya, self.ines, self.jo = (stores.team[name] for name in ("noor", "maya", "ines", "jo"))
        self.items = {item.code: item.id for item in db.session.scalars(select(Item))}
        self.zone = db.session.get_one(Site, stores.store.site_id).time_zone

    def source(self, name: str) -> FundingSource:
        """Add a funding source."""
        public_id = self.id()
        choices.save_funding_source(public_id, name, is_active=True, by=self.lead)
        return db.session.scalars(select(FundingSource).where(FundingSource.public_id == public_id)).one()

    def receive(
        self,
        code: str,
        lot: str,
        months: int,
        units: int,
        *,
        days_ago: int,
        source_id: int = 1,
        papers: Papers | None = None,
    ) -> None:
        """Book a lot into the store room; it lasts so many months from now."""
        stock.receive(
            stock.Receipt(
                client_id=self.id(),
                location_id=self.stores.store.id,
                item_id=self.items[code],
                lot_number=lot,
                expiry=self.day(-30 * months),
                quantity=units,
                occurred_at=self.ago(days_ago),
                funding_source_id=source_id,
                papers=papers or Papers(),
            ),
            by=self.lead,
        )

    def open(self, name: str, kind: LocationKind, *, capacity: int | None = None) -> StockLocation:
        """Open a place that the store room fills."""
        change = places.PlaceChange(
            name=name,
            kind=kind,
            served_from_id=self.stores.store.id,
            directions="",
            capacity=capacity,
            is_strict=False,
            note="",
        )
        return places.open_place(change, site_id=self.stores.store.site_id or 0, by=self.lead)

    def change(self, place: StockLocation, *, served_from: StockLocation) -> places.PlaceChange:
        """Return a place as it is, but for who fills it."""
        return places.PlaceChange(
            name=place.name,
            kind=LocationKind(place.kind),
            served_from_id=served_from.id,
            directions=place.directions,
            capacity=place.capacity,
            is_strict=place.is_strict,
            note=place.note,
        )

    def send(self, target: StockLocation, lot: Lot, units: int, *, days_ago: int) -> None:
        """Send units of a lot from the store room."""
        send(
            Sending(
                client_id=self.id(),
                from_location_id=self.stores.store.id,
                to_location_id=target.id,
                lots=((lot.id, units),),
                occurred_at=self.ago(days_ago),
            ),
            by=self.lead,
        )

    def move(self, target: StockLocation, lot: Lot, units: int, *, days_ago: int) -> None:
        """Move units of a lot from the store room to a place nearby."""
        stock.transfer(
            stock.Transfer(
                client_id=self.id(),
                from_location_id=self.stores.store.id,
                to_location_id=target.id,
                lots=((lot.id, units),),
                occurred_at=self.ago(days_ago),
            ),
            by=self.lead,
        )

    def hand_out(self, place: StockLocation, lot: Lot, *, days_ago: int) -> None:
        """Hand out one unit of a lot."""
        encounters.log_distribution(
            Distribution(
                client_id=self.id(),
                visit_id=self.id(),
                site_id=place.site_id or 0,
                location_id=place.id,
                time_zone=self.zone,
                lines=(Wanted(item_id=lot.item_id, quantity=1, lot_id=lot.id),),
                details=None,
            ),
            by=self.ines,
            at=self.ago(days_ago),
        )

    def lot(self, code: str, number: str) -> Lot:
        """Return a lot by item and number."""
        return db.session.scalars(
            select(Lot).where(Lot.item_id == self.items[code], Lot.lot_number == number).order_by(Lot.id)
        ).one()

    def reason(self, name: str) -> int:
        """Return the id of a reason."""
        return db.session.scalars(select(StockReason.id).where(StockReason.name == name)).one()

    def ago(self, days: int) -> datetime:
        """Return a moment so many days before."""
        return self.at - timedelta(days=days)

    def day(self, days_ago: int) -> date:
        """Return the calendar day so many days before."""
        return today(self.zone, self.at) - timedelta(days=days_ago)

    def id(self) -> str:
        """Return the client-made id of a fact."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))
