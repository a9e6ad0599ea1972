"""Collected sharps: clean-ups, drop boxes, calls."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions import community as actions
from harmreduction.encounters.forms.community import RemoveForm, SharpsForm, today_first
from harmreduction.encounters.queries import find_place
from harmreduction.encounters.queries.community import (
    get_collection_of,
    list_collections,
    may_change,
    sum_collections,
    words_of,
)
from harmreduction.encounters.routes.pages import asked_time, show_problem, site_names
from harmreduction.encounters.rules.community import SHARPS_KINDS
from harmreduction.settings.queries import current_settings
from harmreduction.sites import queries as sites
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("sharps", __name__, url_prefix="/community/sharps")


@bp.get("/")
@requires(Permission.LOG_DISTRIBUTIONS)
def index() -> ResponseReturnValue:
    """Show the sharps collected in a time, and what they come to."""
    (form, time), number = asked_time(), page_number()
    found = list_collections(current_actor(), time, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template(
        "encounters/community_sharps.html",
        form=form,
        page=page_of(found, number),
        totals=sum_collections(current_actor(), time),
        kinds=SHARPS_KINDS,
        site_names=site_names(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def new() -> ResponseReturnValue:
    """Write down sharps that were collected."""
    actor, form = current_actor(), SharpsForm()
    form.offer(sites.list_sites_of(actor), find_place(actor, now=clock.now()))
    today_first(form, form.happened_on, clock.today(current_settings().time_zone))
    if form.site.choices and form.validate_on_submit():
        try:
            collected = form.collected(sites.get_site_of(actor, form.site.data))
            actions.record_collection(collected, by=actor, at=clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".show", collection_id=collected.client_id))
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("encounters/community_sharps_new.html", form=form)


@bp.get("/<uuid:collection_id>")
@requires(Permission.LOG_DISTRIBUTIONS)
def show(collection_id: UUID) -> ResponseReturnValue:
    """Show collected sharps; area and note only to whom they are shown."""
    found = get_collection_of(current_actor(), str(collection_id))
    return render_template(
        "encounters/community_collection.html",
        collection=found,
        words=words_of(current_actor(), found),
        kinds=SHARPS_KINDS,
        site_names=site_names(),
        may_change=may_change(current_actor(), found),
    )


@bp.route("/<uuid:collection_id>/remove", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def remove(collection_id: UUID) -> ResponseReturnValue:
    """Remove collected sharps that were a slip."""
    found, form = get_collection_of(current_actor(), str(collection_id)), RemoveForm()
    if not may_change(current_actor(), found):
        raise NotFound(message("There is no such collection."))
    if form.validate_on_submit():
        actions.remove_collection(found.public_id, reason=form.chosen(), by=current_actor(), at=clock.now())
        flash(_("Removed."), "good")
        return redirect(url_for(".index"))
    back = url_for(".show", collection_id=collection_id)
    text = _("It no longer counts. Its area and note are erased.")
    return render_template(
        "encounters/community_remove.html", form=form, title=_("Collected sharps"), text=text, back=back
    )
