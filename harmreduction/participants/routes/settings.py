"""What a programme decides about codes."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.participants.forms.settings import CodesForm
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("code_settings", __name__)


@bp.route("/settings/codes", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS)
def edit() -> ResponseReturnValue:
    """Change whether participants may have codes, and which."""
    form = CodesForm(current_settings())
    if form.validate_on_submit():
        set_values(form.values(), by=current_actor())
        flash(_("Saved."), "good")
        return redirect(url_for(".edit"))
    return render_template("participants/settings.html", form=form)
