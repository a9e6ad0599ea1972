"""The pages of the list of items."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import actions, queries
from harmreduction.stock.actions.identifiers import add_identifier, remove_identifier
from harmreduction.stock.actions.stand_ins import let_stand_in, stop_standing_in
from harmreduction.stock.forms import ItemForm, in_readers_order
from harmreduction.stock.forms.items import StandInForm
from harmreduction.stock.forms.scan import CodeForm
from harmreduction.stock.models import Item
from harmreduction.stock.queries.identifiers import list_identifiers
from harmreduction.stock.queries.recipes import substitutes_of
from harmreduction.stock.rules import NameTaken
from harmreduction.stock.rules.identifiers import IDENTIFIER_SYSTEMS
from harmreduction.web.access import current_actor, requires

bp = Blueprint("stock_items", __name__, url_prefix="/stock/items")


@bp.get("/")
@requires(Permission.MANAGE_CATALOGUE)
def items() -> ResponseReturnValue:
    """Show the programme's list of items."""
    items = in_readers_order(queries.list_items(only_active=False))
    return render_template("stock/items.html", items=items, categories=queries.list_categories())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_item() -> ResponseReturnValue:
    """Add an item."""
    form = ItemForm()
    form.offer(queries.list_categories())
    if form.validate_on_submit():
        try:
            actions.add_item(form.form_id.data, form.change(), by=current_actor())
            flash(_("Added."), "good")
            return redirect(url_for(".items"))
        except DomainError as problem:
            form.fail(problem, form.name if isinstance(problem, NameTaken) else None)
    return render_template("stock/item.html", form=form, item=None)


@bp.route("/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit_item(item_id: str) -> ResponseReturnValue:
    """Change an item."""
    item = queries.get_item(str(item_id))
    form = ItemForm(obj=item)
    form.offer(queries.list_categories())
    if form.validate_on_submit():
        try:
            actions.change_item(str(item_id), form.change(), by=current_actor())
            flash(_("Changed."), "good")
            return redirect(url_for(".items"))
        except DomainError as problem:
            form.fail(problem, form.name if isinstance(problem, NameTaken) else None)
    return _item_page(item, form)


@bp.post("/<uuid:item_id>/codes")
@requires(Permission.MANAGE_CATALOGUE)
def add_code(item_id: str) -> ResponseReturnValue:
    """Say that a code is printed on packs of an item."""
    item = queries.get_item(str(item_id))
    form = _code_form()
    if form.validate_on_submit():
        try:
            add_identifier(item, form.printed_code(), by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for(".edit_item", item_id=item.public_id))
        except DomainError as problem:
            form.fail(problem, form.value)
    return _item_page(item, code_form=form)


@bp.post("/<uuid:item_id>/stand-ins")
@requires(Permission.MANAGE_CATALOGUE)
def change_stand_ins(item_id: str) -> ResponseReturnValue:
    """Say that another item may take the place of an item in a kit, or no longer."""
    item = queries.get_item(str(item_id))
    form = StandInForm(prefix="instead-")
    form.offer(item, queries.list_items())
    if form.validate_on_submit():
        change = stop_standing_in if form.take_away.data else let_stand_in
        change(item, queries.get_item(form.other.data), by=current_actor())
        flash(_("Saved."), "good")
        return redirect(url_for(".edit_item", item_id=item.public_id))
    return _item_page(item, stand_in_form=form)


@bp.post("/codes/<uuid:code_id>/remove")
@requires(Permission.MANAGE_CATALOGUE)
def remove_code(code_id: str) -> ResponseReturnValue:
    """Take a code away from its item."""
    item_id = remove_identifier(str(code_id), by=current_actor())
    flash(_("Taken away."), "good")
    return redirect(url_for(".edit_item", item_id=item_id))


def _code_form(**options: object) -> CodeForm:
    """Return the form of a code, whose fields stand beside those of its item."""
    return CodeForm(prefix="code-", **options)


def _item_page(
    item: Item,
    form: ItemForm | None = None,
    code_form: CodeForm | None = None,
    stand_in_form: StandInForm | None = None,
) -> str:
    """Show an item with the codes on its packs and what may stand in for it; the form that was sent keeps its words."""
    form = form or ItemForm(formdata=None, obj=item)
    form.offer(queries.list_categories())
    stand_in_form = stand_in_form or StandInForm(formdata=None, prefix="instead-")
    stand_in_form.offer(item, queries.list_items())
    return render_template(
        "stock/item.html",
        form=form,
        item=item,
        code_form=code_form or _code_form(formdata=None),
        stand_in_form=stand_in_form,
        stand_ins=substitutes_of([item.id]).get(item.id, []),
        codes=list_identifiers(item.id),
        systems={system.value: text for system, text in IDENTIFIER_SYSTEMS.items()},
    )
