"""The front desk of a drop-in: tickets of today, the screen of the waiting room, and what other days were."""

from functools import reduce
from operator import add as plus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions import queue as actions
from harmreduction.encounters.forms.queue import ArrivalForm, MoveForm, QueueSiteForm, ShownCodeForm
from harmreduction.encounters.queries import queue as queries
from harmreduction.encounters.rules.queue import WISHES, DayIsOver, DaySums, MovedMeanwhile, QueueState
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import TooManyLookups, UnusableCode
from harmreduction.settings.queries import current_settings
from harmreduction.sites.models import Site
from harmreduction.sites.queries import list_sites_of
from harmreduction.stock.rules import ChangedFact
from harmreduction.web.access import current_actor, requires
from harmreduction.web.forms import PeriodForm
from harmreduction.web.i18n import say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("queue", __name__, url_prefix="/queue")


@bp.get("/")
@requires(Permission.LOG_DISTRIBUTIONS)
def show() -> ResponseReturnValue:
    """Show today's queue at a site."""
    site = _site(request.args.get("site", ""))
    return _page(site, ArrivalForm(formdata=None))


@bp.get("/screen")
@requires(Permission.LOG_DISTRIBUTIONS)
def screen() -> ResponseReturnValue:
    """Show numbers for a screen in the waiting room, and nothing else."""
    site = _site(request.args.get("site", ""))
    if site is None:
        return redirect(url_for(".show"))
    now = clock.now()
    actions.open_queue(site, by=current_actor(), now=now)
    return render_template(
        "encounters/queue_screen.html", site=site, queue=queries.get_queue(current_actor(), site, now=now)
    )


@bp.post("/add")
@requires(Permission.LOG_DISTRIBUTIONS)
def add() -> ResponseReturnValue:
    """Draw a ticket for somebody who arrives."""
    form = ArrivalForm()
    site = _site_of_form(form)
    participant = get_participant_of(current_actor(), form.participant.data) if form.participant.data else None
    return _draw(form, site, participant)


@bp.post("/code")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def add_with_code() -> ResponseReturnValue:
    """Draw a ticket for somebody who shows a card, after looking whether they wait already."""
    form, actor = ShownCodeForm(), current_actor()
    site = _site_of_form(form)
    try:
        found = look_up(typed_card(form.take()), by=actor, at=clock.now())
    except (UnusableCode, TooManyLookups) as problem:
        form.fail(problem, form.code_card)
        return _page(site, ArrivalForm(formdata=None), form), 429 if isinstance(problem, TooManyLookups) else 200
    arrival = ArrivalForm(formdata=None, form_id=form.form_id.data, day=form.day.data)
    if found.participant is None:
        return render_template("encounters/queue_code.html", site=site, form=arrival)
    return _draw(arrival, site, found.participant)


@bp.post("/<uuid:entry_id>")
@requires(Permission.LOG_DISTRIBUTIONS)
def move(entry_id: UUID) -> ResponseReturnValue:
    """Call somebody, or say that they were seen, left, or wait again."""
    actor, to = current_actor(), MoveForm().chosen()
    site = queries.get_site_of_entry(actor, str(entry_id))
    try:
        if to is QueueState.WITH_STAFF:
            visit_id = actions.call_from_queue(str(entry_id), by=actor, at=clock.now())
            return redirect(url_for("visits.show", visit_id=visit_id))
        if to is None:
            flash(_("Nothing was changed. Tap what happened."), "wait")
        else:
            ticket = actions.move_in_queue(str(entry_id), to, by=actor, at=clock.now())
            flash(_flash_of(to, ticket), "good")
    except MovedMeanwhile as problem:
        flash(say(problem.message), "wait")
    return redirect(url_for(".show", site=site.public_id))


@bp.get("/days")
@requires(Permission.VIEW_REPORTS)
def days() -> ResponseReturnValue:
    """Show what each day of a period was at the front desks."""
    now = clock.now()
    form = PeriodForm(request.args)
    first, last = form.period(today=clock.today(current_settings().time_zone, now), usual_days=31)
    found = queries.list_queue_days(current_actor(), first, last)
    number = page_number()
    start = (number - 1) * PER_PAGE
    return render_template(
        "encounters/queue_days.html",
        form=form,
        total=reduce(plus, (entry.sums for entry in found), DaySums()),
        page=page_of(found[start : start + PER_PAGE + 1], number),
    )


def _flash_of(to: QueueState, ticket: int) -> str:
    """Return what to say when a ticket moved."""
    if to is QueueState.SEEN:
        return str(_("Ticket %(ticket)s: seen.", ticket=ticket))
    if to is QueueState.LEFT:
        return str(_("Ticket %(ticket)s: left.", ticket=ticket))
    return str(_("Ticket %(ticket)s waits again, where it was.", ticket=ticket))


def _site(chosen: str) -> Site | None:
    """Return the site whose queue to show, or None for a person without one."""
    return queries.find_site_of_queue(current_actor(), chosen, now=clock.now())


def _site_of_form(form: ArrivalForm | ShownCodeForm) -> Site:
    """Return the site at which somebody arrived."""
    site = _site(form.site.data or "")
    if site is None:
        raise NotFound(message("There is no such site."))
    return site


def _draw(form: ArrivalForm, site: Site, participant: Participant | None) -> ResponseReturnValue:
    """Draw the ticket, and show it in the queue; a page that cannot draw one any more is answered by a new one."""
    arrival = form.arrival(site, participant.id if participant else None)
    try:
        drawn = actions.add_to_queue(arrival, by=current_actor(), at=clock.now())
    except (ChangedFact, DayIsOver) as problem:
        fresh = ArrivalForm(formdata=None)
        fresh.fail(problem)
        return _page(site, fresh)
    if drawn.was_waiting:
        flash(_("They are in the queue already, with ticket %(ticket)s.", ticket=drawn.ticket), "note")
    elif not drawn.is_new:
        flash(_("This page had drawn ticket %(ticket)s. Tap again for another.", ticket=drawn.ticket), "note")
    return redirect(url_for(".show", site=site.public_id, added=drawn.public_id))


def _page(site: Site | None, form: ArrivalForm, code_form: ShownCodeForm | None = None) -> str:
    """Show the queue of a site, with the ticket that was just drawn."""
    actor, now = current_actor(), clock.now()
    sites = list_sites_of(actor)
    ask = QueueSiteForm(formdata=None)
    ask.offer(sites, site)
    if site is None:
        return render_template("encounters/queue.html", site=None, form=form)
    actions.open_queue(site, by=actor, now=now)
    queue = queries.get_queue(actor, site, now=now)
    return render_template(
        "encounters/queue.html",
        site=site,
        sites=sites,
        ask=ask,
        form=form,
        code_form=code_form or ShownCodeForm(formdata=None),
        decided=current_settings(),
        queue=queue,
        wishes=WISHES,
        as_of=now,
        today=clock.today(site.time_zone, now),
        added=queue.find(request.args.get("added", "")),
    )
