"""What a programme decides about its directory and its map."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.directory.forms.settings import DirectorySettingsForm
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

MOST_OTHERS = 5

bp = Blueprint("directory_settings", __name__)


@bp.route("/settings/directory", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS)
def edit() -> ResponseReturnValue:
    """Change who may look for services, where searches begin, and which servers are asked."""
    form = DirectorySettingsForm(current_settings())
    if form.validate_on_submit():
        set_values(form.values(), by=current_actor())
        _tell_where(form)
        return redirect(url_for(".edit"))
    return render_template("directory/settings.html", form=form)


def _tell_where(form: DirectorySettingsForm) -> None:
    """Say that it is saved, which place was understood, and which others have its name."""
    if not form.meant.label:
        flash(_("Saved."), "good")
        return
    flash(_("Saved. You work in %(place)s.", place=form.meant.label), "good")
    if form.other_places:
        names = "; ".join(place.label for place in form.other_places[:MOST_OTHERS])
        flash(
            _("Other places have this name too: %(names)s. Do you mean one of them? Enter it so.", names=names), "wait"
        )
