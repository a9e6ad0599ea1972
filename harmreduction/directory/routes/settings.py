"""What a programme decides about its directory and its map."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.directory.forms.settings import DirectorySettingsForm
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("directory_settings", __name__)


@bp.route("/settings/directory", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS)
def edit() -> ResponseReturnValue:
    """Change who may look for services, where searches begin, and which servers are asked."""
    form = DirectorySettingsForm(current_settings())
    if form.validate_on_submit():
        set_values(form.values(), by=current_actor())
        flash(_("Saved."), "good")
        return redirect(url_for(".edit"))
    return render_template("directory/settings.html", form=form)
