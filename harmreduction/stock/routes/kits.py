"""The pages of kits: what goes into one, packing, labels, taking apart."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions.kits import pack_kits, take_kits_apart
from harmreduction.stock.actions.recipes import write_recipe
from harmreduction.stock.forms.kits import ApartForm, PackForm, RecipeForm
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries import kits, packing, recipes
from harmreduction.stock.rules.kits import kits_possible
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_kits", __name__, url_prefix="/stock/kits")

MOST_LABELS = 120


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show the kits that are packed here: how many lie at one's places, how many could be packed."""
    number = page_number()
    page = page_of(recipes.list_kits(limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE), number)
    places = queries.list_locations_of(current_actor())
    ids = [place.id for place in places]
    today = queries.today_at(ids, now=clock.now())
    kit_ids = [kit.id for kit in page.rows]
    return render_template(
        "stock/kits.html",
        page=page,
        on_hand=kits.kits_on_hand(kit_ids, ids),
        possible={kit_id: sum(by_place.values()) for kit_id, by_place in _possible(kit_ids, places, today).items()},
    )


@bp.get("/<uuid:kit_id>")
@requires(Permission.HANDLE_STOCK)
def kit(kit_id: str) -> ResponseReturnValue:
    """Show a kit: its recipe, what could be packed where, and the kits on hand with what is in them."""
    item = recipes.get_kit(str(kit_id))
    places = queries.list_locations_of(current_actor())
    ids = [place.id for place in places]
    today = queries.today_at(ids, now=clock.now())
    number = page_number()
    here = kits.list_kits_here(item.id, ids, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    possible = _possible([item.id], places, today).get(item.id, {})
    return render_template(
        "stock/kit.html",
        kit=item,
        versions=recipes.list_recipes(item.id),
        in_force=recipes.recipe_in_force(item.id, today),
        possible=[(place, possible[place.id]) for place in places if possible.get(place.id)],
        page=page_of(here, number),
        packed=kits.packed_this_month(item.id, places, now=clock.now()),
        today=today,
    )


def _possible(kit_ids: Sequence[int], places: Sequence[StockLocation], today: date) -> dict[int, dict[int, int]]:
    """Return how many of each kit can be packed with what lies at each place, by kit and place."""
    in_force = recipes.recipes_in_force(kit_ids, today)
    parts = {kit_id: recipes.parts_of(recipe) for kit_id, recipe in in_force.items()}
    item_ids = {part.item_id for needed in parts.values() for part in needed}
    usable = packing.usable_at([place.id for place in places], item_ids, today=today)
    return {
        kit_id: {place_id: kits_possible(needed, units) for place_id, units in usable.items()}
        for kit_id, needed in parts.items()
    }


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_recipe() -> ResponseReturnValue:
    """Make an item of the list a kit, by writing its first recipe."""
    return _recipe_page(None)


@bp.route("/<uuid:kit_id>/recipe", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def recipe(kit_id: str) -> ResponseReturnValue:
    """Change what goes into a kit, from a day on."""
    return _recipe_page(queries.get_item(str(kit_id)))


def _recipe_page(kit: Item | None) -> ResponseReturnValue:
    """Show or save a recipe."""
    today = queries.today_at([place.id for place in queries.list_locations_of(current_actor())], now=clock.now())
    versions = recipes.list_recipes(kit.id) if kit else ()
    form = RecipeForm()
    form.offer(queries.list_items(), versions[0] if versions else None)
    if not form.more.data and form.validate_on_submit():
        try:
            item = kit or queries.get_item(form.kit.data)
            write_recipe(form.change(item, queries.get_items(form.chosen()), today), by=current_actor())
            flash(_("Recipe saved."), "good")
            return redirect(url_for(".kit", kit_id=item.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/recipe.html", form=form, kit=kit, today=today)


@bp.route("/<uuid:kit_id>/pack", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def pack(kit_id: str) -> ResponseReturnValue:
    """Show which lots to take for so many kits, and book them as packed."""
    item = recipes.get_kit(str(kit_id))
    form = PackForm(place=request.args.get("place"))
    form.offer(queries.list_locations_of(current_actor()))
    plan, now = None, clock.now()
    if form.validate_on_submit():
        place = queries.get_location_of(current_actor(), form.place.data)
        wish = form.wish(item, place)
        try:
            if form.packed.data:
                pack_kits(form.packing(wish, now), by=current_actor())
                return redirect(url_for(".packed", packing_id=form.form_id.data))
        except DomainError as problem:
            form.fail(problem)
        plan = packing.plan_packing(wish, today=queries.today_at([place.id], now=now))
        form.lay_out(plan)
    return render_template("stock/kit_pack.html", form=form, kit=item, plan=plan)


@bp.get("/packed/<uuid:packing_id>")
@requires(Permission.HANDLE_STOCK)
def packed(packing_id: str) -> ResponseReturnValue:
    """Show what was booked as packed: the kits by their lot numbers, and what is in each."""
    found = kits.get_packed(current_actor(), str(packing_id))
    return render_template("stock/kit_packed.html", packed=found, time_zone=queries.time_zone_of(found.location))


@bp.get("/lots/<uuid:kit_lot_id>/labels")
@requires(Permission.HANDLE_STOCK)
def labels(kit_lot_id: str) -> ResponseReturnValue:
    """Show labels to print for the kits of a lot."""
    lot = kits.get_kit_lot(str(kit_lot_id))
    number = min(max(request.args.get("kits", 12, type=int), 1), MOST_LABELS)
    contents = kits.contents_of([lot.id]).get(lot.id, ())
    return render_template("stock/kit_labels.html", lot=lot, label_count=number, most=MOST_LABELS, contents=contents)


@bp.route("/lots/<uuid:kit_lot_id>/<uuid:location_id>/apart", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def apart(kit_lot_id: str, location_id: str) -> ResponseReturnValue:
    """Take kits of a lot apart, and book their parts as lying here again."""
    place = queries.get_location_of(current_actor(), str(location_id))
    lot = kits.get_kit_lot(str(kit_lot_id))
    here = kits.find_kits_at(lot, place.id)
    form = ApartForm()
    if form.validate_on_submit():
        try:
            take_kits_apart(form.apart(lot, place, clock.now()), by=current_actor())
            flash(_("Taken apart. The parts lie at %(place)s again.", place=place.name), "good")
            return redirect(url_for(".kit", kit_id=lot.item.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/kit_apart.html", form=form, lot=lot, place=place, here=here)
