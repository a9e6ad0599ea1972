"""What the programme decides for itself."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.settings import actions, queries
from harmreduction.settings.forms import SettingsForm
from harmreduction.web.access import current_actor, requires
from harmreduction.web.time_zones import time_zones

bp = Blueprint("settings", __name__)


@bp.route("/settings", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS)
def edit() -> ResponseReturnValue:
    """Change the programme's settings."""
    form = SettingsForm(obj=queries.current_settings())
    if form.validate_on_submit():
        actions.set_values(form.values(), by=current_actor())
        flash(_("Saved."), "good")
        return redirect(url_for(".edit"))
    return render_template("settings/settings.html", form=form, time_zones=time_zones())
