"""Remember where a worker hands out from."""

from datetime import date
from typing import cast

from sqlalchemy import Table

from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.encounters.models import WorkingPlace
from harmreduction.encounters.rules import check_day
from harmreduction.sites import queries as sites
from harmreduction.stock import actions as stock
from harmreduction.stock import queries as stock_queries

WORKING_PLACE = cast(Table, WorkingPlace.__table__)


def choose_working_place(site_public_id: str, location_public_id: str, *, day: date | None, by: Actor) -> None:
    """Remember where, and for which day, this worker hands out until they change it.

    A site without a stock place (an empty id) gets a shelf, so that no hand-out waits for one.
    """
    with transaction():
        site = sites.get_site_of(by, site_public_id)
        if day is not None:
            check_day(day, today=clock.today(site.time_zone))
        if location_public_id:
            location = stock_queries.get_location_of(by, location_public_id)
        else:
            location = stock.shelf_of(site.id, site.name, by=by)
        place = {"site_id": site.id, "location_id": location.id, "day": day, "chosen_at": clock.now()}
        db.session.execute(
            insert_or_change(WORKING_PLACE).on_conflict_do_update(index_elements=["account_id"], set_=place),
            {"account_id": by.account_id, **place},
        )


def choose_only_place(*, by: Actor) -> bool:
    """Choose the place for a person who works for one site with at most one place; say whether that was so."""
    own_sites = sites.list_sites_of(by)
    if len(own_sites) != 1:
        return False
    places = stock_queries.list_hand_out_places_of(by)
    if len(places) > 1:
        return False
    choose_working_place(own_sites[0].public_id, places[0].public_id if places else "", day=None, by=by)
    return True
