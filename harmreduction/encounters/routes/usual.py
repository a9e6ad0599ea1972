"""The pages on which the programme chooses its usual hand-outs."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters import queries
from harmreduction.encounters.forms.usual import TileForm
from harmreduction.encounters.models import UsualHandout
from harmreduction.encounters.usual import save_usual_handout
from harmreduction.stock import queries as stock
from harmreduction.web.access import current_actor, requires

bp = Blueprint("usual_handouts", __name__, url_prefix="/hand-out/usual")


@bp.get("/")
@requires(Permission.MANAGE_CATALOGUE)
def index() -> ResponseReturnValue:
    """Show the tiles of the hand-out page."""
    return render_template("encounters/usual.html", tiles=queries.list_all_usual_handouts())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new() -> ResponseReturnValue:
    """Add a tile."""
    return _edit(None)


@bp.route("/<uuid:tile_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit(tile_id: str) -> ResponseReturnValue:
    """Change a tile."""
    return _edit(queries.get_usual_handout(str(tile_id)))


def _edit(tile: UsualHandout | None) -> ResponseReturnValue:
    """Show the form of a tile, and save what was entered."""
    form = TileForm(
        name=tile.name if tile else None,
        icon=tile.icon if tile else "kit",
        position=tile.position if tile else 10,
        is_active=tile.is_active if tile else True,
    )
    form.offer(stock.list_items(), tile)
    if form.validate_on_submit():
        try:
            save_usual_handout(tile.public_id if tile else form.form_id.data, form.tile(), by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("encounters/usual_edit.html", form=form, tile=tile)
