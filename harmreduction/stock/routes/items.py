"""The pages of the list of items."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import actions, queries
from harmreduction.stock.forms import ItemForm, in_readers_order
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
            form.fail(problem)
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
            form.fail(problem)
    return render_template("stock/item.html", form=form, item=item)
