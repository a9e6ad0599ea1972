"""Trainings and groups: what was held, how many came, what was given there."""

from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions import community as actions
from harmreduction.encounters.forms.community import GroupForm, NumbersForm, RemoveForm, SuppliesForm, today_first
from harmreduction.encounters.models import GroupEvent
from harmreduction.encounters.queries import find_place, sum_given
from harmreduction.encounters.queries.community import (
    get_group_of,
    list_groups,
    list_hand_outs_at,
    may_change,
    sum_groups,
)
from harmreduction.encounters.routes.pages import asked_time, show_problem, site_names
from harmreduction.encounters.rules.community import GROUP_AUDIENCES, GROUP_KINDS
from harmreduction.settings.queries import current_settings
from harmreduction.sites import queries as sites
from harmreduction.stock import queries as stock
from harmreduction.stock.rules import Outcome
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("community", __name__, url_prefix="/community")


@bp.get("/")
@requires(Permission.LOG_DISTRIBUTIONS)
def index() -> ResponseReturnValue:
    """Show the trainings and groups of a time, and what they come to."""
    (form, time), number = asked_time(), page_number()
    events = list_groups(current_actor(), time, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template(
        "encounters/community.html",
        form=form,
        page=page_of(events, number),
        totals=sum_groups(current_actor(), time),
        kinds=GROUP_KINDS,
        site_names=site_names(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def new() -> ResponseReturnValue:
    """Write down a training or a group."""
    actor, form = current_actor(), GroupForm()
    _offer(form)
    today_first(form, form.held_on, clock.today(current_settings().time_zone))
    if form.place.choices and form.validate_on_submit():
        try:
            held = form.held(sites.get_site_of(actor, form.site_chosen), _supplies_id(form))
            _say_saved(actions.record_group(held, by=actor, at=clock.now()))
            return redirect(url_for(".show", event_id=held.client_id))
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("encounters/community_new.html", form=form)


@bp.get("/<uuid:event_id>")
@requires(Permission.LOG_DISTRIBUTIONS)
def show(event_id: UUID) -> ResponseReturnValue:
    """Show a training or a group whole."""
    event = get_group_of(current_actor(), str(event_id))
    hand_outs = list_hand_outs_at(event.id)
    return render_template(
        "encounters/community_event.html",
        event=event,
        kinds=GROUP_KINDS,
        audiences=GROUP_AUDIENCES,
        hand_outs=[(hand_out, sum_given([hand_out])) for hand_out in hand_outs],
        site_names=site_names(),
        may_change=may_change(current_actor(), event),
    )


@bp.route("/<uuid:event_id>/numbers", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def numbers(event_id: UUID) -> ResponseReturnValue:
    """Say anew how many came and were trained."""
    event = _to_change(event_id)
    form = NumbersForm(data={"attended": event.attended, "trained": event.trained})
    if form.validate_on_submit():
        try:
            actions.correct_numbers(event.public_id, form.numbers(), by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for(".show", event_id=event_id))
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("encounters/community_numbers.html", form=form, event=event)


@bp.route("/<uuid:event_id>/supplies", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def supplies(event_id: UUID) -> ResponseReturnValue:
    """Note supplies that were given there as well."""
    event, form = _to_change(event_id), SuppliesForm()
    _offer(form)
    given = form.given(_supplies_id(form)) if form.validate_on_submit() else None
    if given is not None:
        try:
            actions.give_there(event.public_id, given, by=current_actor(), at=clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".show", event_id=event_id))
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("encounters/community_supplies.html", form=form, event=event)


@bp.route("/<uuid:event_id>/remove", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def remove(event_id: UUID) -> ResponseReturnValue:
    """Remove a training or a group that was a slip."""
    event, form = _to_change(event_id), RemoveForm()
    if form.validate_on_submit():
        actions.remove_group(event.public_id, reason=form.chosen(), by=current_actor(), at=clock.now())
        flash(_("Removed. What was given there is back in the stock."), "good")
        return redirect(url_for(".index"))
    back = url_for(".show", event_id=event_id)
    text = _("It no longer counts. What was given there goes back into the stock.")
    return render_template("encounters/community_remove.html", form=form, title=event.title, text=text, back=back)


def _offer(form: SuppliesForm) -> None:
    """Offer places and items, beginning with the place where this person hands out now."""
    actor = current_actor()
    form.offer(sites.list_sites_of(actor), stock.list_hand_out_places_of(actor), stock.list_items())
    form.begin_at(find_place(actor, now=clock.now()))


def _supplies_id(form: SuppliesForm) -> str:
    """Return the id of the hand-out that a page makes."""
    return str(uuid5(UUID(form.form_id.data), "supplies"))


def _to_change(event_id: UUID) -> GroupEvent:
    """Return a training or a group that stands and that this person may change; another's is as good as none."""
    event = get_group_of(current_actor(), str(event_id))
    if not may_change(current_actor(), event):
        raise NotFound(message("There is no such training or group."))
    return event


def _say_saved(outcome: Outcome) -> None:
    """Say that it is saved; a page that is sent again is told that it was."""
    if outcome is Outcome.CREATED:
        flash(_("Saved."), "good")
    else:
        flash(_("This was saved before. Nothing was added."), "note")
