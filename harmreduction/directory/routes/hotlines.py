"""The lines that somebody can call: for everybody to read, for a lead to keep."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.directory.actions.hotlines import add_hotline, change_hotline, confirm_hotline
from harmreduction.directory.forms.hotlines import HotlineForm
from harmreduction.directory.queries.hotlines import get_hotline, list_hotlines
from harmreduction.directory.rules.ages import checked_words
from harmreduction.directory.rules.hotlines import HOTLINE_KINDS, UnusableLine
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, public, requires

bp = Blueprint("hotlines", __name__)


@bp.get("/find/hotlines")
@public
def read() -> ResponseReturnValue:
    """Show the lines to anybody, also where the directory is closed: who looks for them may need one now."""
    lines = list_hotlines()
    groups = [
        (text, [line for line in lines if line.kind == kind.value])
        for kind, text in HOTLINE_KINDS.items()
        if any(line.kind == kind.value for line in lines)
    ]
    return render_template(
        "directory/hotlines.html", groups=groups, any_unchecked=any(line.verified_on is None for line in lines)
    )


@bp.get("/directory/hotlines")
@requires(Permission.MANAGE_DIRECTORY)
def manage() -> ResponseReturnValue:
    """Show the list as a lead keeps it."""
    today = clock.today(current_settings().time_zone)
    lines = [(line, checked_words(line.verified_on, today)) for line in list_hotlines(only_active=False)]
    return render_template("directory/hotlines_kept.html", lines=lines)


@bp.route("/directory/hotlines/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
def new() -> ResponseReturnValue:
    """Add a line."""
    form = HotlineForm()
    if form.validate_on_submit():
        try:
            add_hotline(form.form_id.data, form.change(), by=current_actor())
            flash(_("Added."), "good")
            return redirect(url_for(".manage"))
        except UnusableLine as problem:
            form.fail(problem, form.phone)
    return render_template("directory/hotline.html", form=form, line=None)


@bp.route("/directory/hotlines/<uuid:hotline_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
def edit(hotline_id: UUID) -> ResponseReturnValue:
    """Change a line."""
    line = get_hotline(str(hotline_id))
    form = HotlineForm(obj=line)
    if form.validate_on_submit():
        try:
            change_hotline(line.public_id, form.change(), by=current_actor())
            flash(_("Changed."), "good")
            return redirect(url_for(".manage"))
        except UnusableLine as problem:
            form.fail(problem, form.phone)
    return render_template("directory/hotline.html", form=form, line=line)


@bp.post("/directory/hotlines/<uuid:hotline_id>/confirm")
@requires(Permission.MANAGE_DIRECTORY)
def confirm(hotline_id: UUID) -> ResponseReturnValue:
    """Remember that somebody tried a line today."""
    today = clock.today(current_settings().time_zone)
    confirm_hotline(str(hotline_id), today=today, by=current_actor())
    flash(_("Checked today."), "good")
    return redirect(url_for(".manage"))
