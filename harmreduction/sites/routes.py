"""The pages of sites."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.sites import actions, queries
from harmreduction.sites.forms import SiteForm
from harmreduction.sites.rules import SITE_KINDS, SiteNameTaken
from harmreduction.web.access import current_actor, requires
from harmreduction.web.time_zones import time_zones

bp = Blueprint("sites", __name__, url_prefix="/sites")

KINDS = {kind.value: text for kind, text in SITE_KINDS.items()}


@bp.get("/")
@requires(Permission.MANAGE_SITES)
def list_all() -> ResponseReturnValue:
    """Show all sites."""
    return render_template("sites/list.html", sites=queries.list_sites(), kinds=KINDS)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_SITES)
def new() -> ResponseReturnValue:
    """Open a site."""
    form = SiteForm(time_zone=queries.find_usual_time_zone())
    if form.validate_on_submit():
        try:
            actions.open_site(form.change(), by=current_actor())
            flash(_("Opened."), "good")
            return redirect(url_for(".list_all"))
        except SiteNameTaken as problem:
            form.fail(problem, form.name)
    return render_template("sites/site.html", form=form, site=None, time_zones=time_zones())


@bp.route("/<uuid:site_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_SITES)
def edit(site_id: str) -> ResponseReturnValue:
    """Change a site."""
    site = queries.get_site(str(site_id))
    form = SiteForm(obj=site)
    if form.validate_on_submit():
        try:
            actions.change_site(site.public_id, form.change(), by=current_actor())
            flash(_("Changed."), "good")
            return redirect(url_for(".list_all"))
        except SiteNameTaken as problem:
            form.fail(problem, form.name)
    return render_template("sites/site.html", form=form, site=site, time_zones=time_zones())


@bp.post("/<uuid:site_id>/close")
@requires(Permission.MANAGE_SITES)
def close(site_id: str) -> ResponseReturnValue:
    """Close a site."""
    actions.close_site(str(site_id), by=current_actor())
    flash(_("Closed. What was logged there stays."), "good")
    return redirect(url_for(".list_all"))


@bp.post("/<uuid:site_id>/reopen")
@requires(Permission.MANAGE_SITES)
def reopen(site_id: str) -> ResponseReturnValue:
    """Open a closed site again."""
    actions.reopen_site(str(site_id), by=current_actor())
    flash(_("Open again."), "good")
    return redirect(url_for(".list_all"))
