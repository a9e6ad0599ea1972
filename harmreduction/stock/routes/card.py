"""The card of a lot: where it lies, what happened to it, and what lay where on a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.stock import queries
from harmreduction.stock.drawing import draw_run_down, draw_whereabouts
from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries.cards import (
    Card,
    find_recipe,
    get_card,
    list_kits_with,
    list_siblings,
)
from harmreduction.stock.queries.genealogy import list_inside
from harmreduction.stock.queries.history import as_of
from harmreduction.stock.queries.recalls import list_recalls_of_lot
from harmreduction.stock.queries.stories import Asked, Key, read_story, units_at
from harmreduction.stock.rules import LOT_STATUSES, LotStatus
from harmreduction.stock.telling import rows_of
from harmreduction.web.access import current_actor, requires

bp = Blueprint("stock_card", __name__, url_prefix="/stock/lots")

KITS_SHOWN = 10
FIRST_DAY = date(1990, 1, 1)  # nobody's stock is older


@bp.get("/<uuid:lot_id>")
@requires(Permission.HANDLE_STOCK)
def show(lot_id: str) -> ResponseReturnValue:
    """Show a lot: at one place, or wherever it lies."""
    card = get_card(current_actor(), str(lot_id))
    place = _place_of(card)
    time_zone = queries.time_zone_of(place) if place else current_settings().time_zone
    asked = Asked(
        lot_id=card.lot.id,
        location_ids=frozenset({place.id}) if place else card.location_ids,
        time_zone=time_zone,
        before=_before(),
        is_everywhere=card.sees_everything and place is None,
    )
    return render_template("stock/card.html", place=place, **_told(card, asked), **_about(card))


@bp.get("/<uuid:lot_id>/on-a-day")
@requires(Permission.HANDLE_STOCK)
def on_a_day(lot_id: str) -> ResponseReturnValue:
    """Show where a lot lay at the end of a day."""
    card = get_card(current_actor(), str(lot_id))
    time_zone = current_settings().time_zone
    day = _day(request.args.get("on", ""), clock.today(time_zone))
    end = clock.start_of_day(day + timedelta(days=1), time_zone) - timedelta(microseconds=1)
    held = [(holding.location, as_of(holding.location.id, card.lot.id, end)) for holding in card.holdings]
    return render_template("stock/card_on_a_day.html", card=card, lot=card.lot, day_asked=day, held=held)


def _told(card: Card, asked: Asked) -> dict[str, Any]:
    """Return what happened at the places that were asked about, and the pictures of it."""
    story, today = read_story(asked), clock.today(asked.time_zone)
    on_hand = sum(units_at(card.lot.id, asked.location_ids).values())
    is_first = asked.before is None
    return {
        "on_hand": on_hand,
        "rows": rows_of(story, card.lot, before=asked.before),
        "older": _written(story.older),
        "is_first": is_first,
        "run_down": draw_run_down(card, asked.location_ids, on_hand, today, asked.time_zone) if is_first else None,
        "whereabouts": draw_whereabouts(card) if asked.is_everywhere else None,
        "time_zone": asked.time_zone,
        "today": today,
    }


def _about(card: Card) -> dict[str, Any]:
    """Return what is known of the lot itself."""
    return {
        "card": card,
        "lot": card.lot,
        "status": LOT_STATUSES[LotStatus(card.lot.status)],
        "siblings": list_siblings(card.lot),
        "inside": list_inside(card.lot.id),
        "recipe": find_recipe(card.lot),
        "kits": list_kits_with(card.lot, limit=KITS_SHOWN),
        "recalls": list_recalls_of_lot(card.lot.id),
    }


def _place_of(card: Card) -> StockLocation | None:
    """Return the place that was asked about; another site's is as good as none."""
    asked = request.args.get("place", "")
    return next((held.location for held in card.holdings if held.location.public_id == asked), None)


def _before() -> Key | None:
    """Return from where the page goes on; what nobody wrote here is as good as nothing."""
    moment, _sign, order_key = request.args.get("before", "").partition("_")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), order_key
    except (ValueError, OverflowError):
        return None


def _written(key: Key | None) -> str | None:
    """Return from where the next page goes on, as an address carries it."""
    return f"{key[0].isoformat()}_{key[1]}" if key else None


def _day(text: str, today: date) -> date:
    """Return a day as typed into the address, today at the latest; today where it is none."""
    try:
        return min(max(date.fromisoformat(text), FIRST_DAY), today)
    except ValueError:
        return today
