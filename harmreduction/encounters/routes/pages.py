"""What several pages of a visit do: where one works, which visit is meant, and what to say afterwards."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.db import new_id
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters import actions, queries
from harmreduction.encounters.actions import Logged
from harmreduction.encounters.forms import HandOutForm, ItemsForm, TilesForm
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.encounters.queries import Place
from harmreduction.encounters.queries.community import Time
from harmreduction.encounters.rules import (
    FILLING_IN,
    KnownVisit,
    NotBelievable,
    TakenBackBefore,
    choose_visit,
    may_undo,
    still_belongs,
)
from harmreduction.encounters.rules.starting import VisitStart, start_of
from harmreduction.settings.queries import current_settings
from harmreduction.sites import queries as sites
from harmreduction.stock.rules import Outcome
from harmreduction.web.access import current_actor
from harmreduction.web.forms import Form, PeriodForm
from harmreduction.web.i18n import clock_time


def current_place() -> Place | None:
    """Return where this person hands out from; chosen for them where there is only one."""
    actor = current_actor()
    place = queries.find_place(actor, now=clock.now())
    if place is None and actions.choose_only_place(by=actor):
        place = queries.find_place(actor, now=clock.now())
    return place


def as_address(place: Place | None) -> dict[str, Any]:
    """Return how the address of the tiles names a place, so that a phone knows it; another day needs a signal."""
    if place is None:
        return {}
    if place.day is not None:
        return {"day": place.day.isoformat()}
    return {"place": f"{place.site_public_id}:{place.location_public_id}"}


def place_of(form: HandOutForm) -> Place | None:
    """Return the place and day that the page said, or for a new page those that are remembered."""
    site, location = form.place_shown()
    if location:
        return queries.get_place_on_page(current_actor(), site, location, form.day.data)
    place = current_place()
    if place is not None and not form.is_submitted():
        form.place.data = f"{place.site_public_id}:{place.location_public_id}"
        form.day.process_data(place.day)
    return place


def day_of(form: HandOutForm, place: Place) -> date:
    """Return the calendar day at the place for which the page hands out."""
    return form.day.data or clock.today(place.time_zone)


def asked_visit() -> Encounter | None:
    """Return the visit that the address names, if this person may see it."""
    visit_id = request.args.get("visit", "")
    return queries.find_visit_of(current_actor(), visit_id) if visit_id else None


def page_visit(form: HandOutForm) -> tuple[Encounter | None, Place | None]:
    """Return the visit that a page is about, None where saving begins one, and where one hands out from on it."""
    if form.is_submitted():
        visit_id = form.visit.data or ""
        visit = queries.find_visit_of(current_actor(), visit_id) if visit_id else None
        return visit, place_of(form)
    visit = asked_visit()
    if visit is None:
        return None, place_of(form)
    place = queries.find_place_at(current_actor(), visit, now=clock.now())
    form.visit.data, form.opened.data = visit.public_id, clock.now().isoformat()
    if place is not None:
        form.place.data = f"{place.site_public_id}:{place.location_public_id}"
        form.day.process_data(place.day)
    return visit, place


def begin_on(visit: Encounter | None, form: HandOutForm, place: Place) -> VisitStart:
    """Return the visit that a record of this page belongs to; without one, the page begins its own."""
    if visit is not None:
        return start_of(visit)
    return VisitStart(visit_id=form.own_visit, site_id=place.site_id, time_zone=place.time_zone, day=place.day)


def visit_of(form: TilesForm | ItemsForm, place: Place, *, within: timedelta) -> str:
    """Return the id of the visit that this hand-out joins or begins.

    A visit stays open for half an hour only on a page that was opened for it, and says so: a page of before, reached
    by Back, never joins the next person to a code that was joined to its visit since.
    """
    posted, now, opened_at = form.visit.data or "", clock.now(), form.opened_at

    def belongs(visit: KnownVisit) -> bool:
        known, open_for = visit, within
        if opened_at is not None and visit.visit_id == posted:
            known, open_for = replace(visit, last_at=opened_at), FILLING_IN
        return still_belongs(known, site_id=place.site_id, day=day_of(form, place), now=now, within=open_for)

    return choose_visit(
        posted=posted,
        fresh=form.own_visit,
        otherwise=str(uuid5(UUID(form.client_id), "visit")),
        known=queries.find_visits(current_actor(), {posted, form.own_visit}),
        belongs=belongs,
    )


def just_saved() -> Distribution | None:
    """Return the hand-out that the page before saved, as the address says, as long as it stands."""
    saved_id = request.args.get("saved")
    saved = queries.find_distribution_of(current_actor(), saved_id) if saved_id else None
    return saved if saved is not None and saved.void is None else None


def stays_open(saved: Distribution) -> bool:
    """Say whether a page that shows a hand-out still goes on with its visit."""
    has_code = saved.encounter.participant_id is not None
    return not has_code or clock.now() - saved.recorded_at <= FILLING_IN


def sees_codes() -> bool:
    """Say whether the page tells this person that a visit has a code."""
    return current_actor().may(Permission.LOOK_UP_PARTICIPANTS)


def can_undo(saved: Distribution) -> bool:
    """Say whether this person may still undo a hand-out."""
    return may_undo(
        logged_by_id=saved.recorded_by_id,
        logged_at=saved.recorded_at,
        by_id=current_actor().account_id,
        now=clock.now(),
    )


def show_saved(logged: Logged, place: Place) -> Response:
    """Go on to the tiles, which show what was saved; a page that is sent again is told that it was."""
    if logged.distribution_id is None:
        flash(_("Saved: nothing handed out, only what was told."), "good")
    elif logged.outcome is Outcome.EXISTS:
        saved = queries.get_distribution_of(current_actor(), logged.distribution_id)
        time = clock_time(saved.recorded_at, place.time_zone)
        flash(_("This was saved before, at %(time)s. No supplies were added.", time=time), "note")
    return redirect(url_for("encounters.hand_out", saved=logged.distribution_id))


def show_problem(form: Form, problem: DomainError) -> None:
    """Show a problem at what it is about; a page whose hand-out was taken back may be tapped again."""
    form.fail(problem, form[problem.about] if isinstance(problem, NotBelievable) and problem.about in form else None)
    if isinstance(problem, TakenBackBefore):
        form["form_id"].data = new_id()


def site_names() -> dict[int, str]:
    """Return what every site is called, closed ones too, by row id."""
    return {site.id: site.name for site in sites.list_sites()}


def asked_time() -> tuple[PeriodForm, Time]:
    """Return the time that the address asks for, this year so far where it says none, with its form."""
    form = PeriodForm(request.args)
    first, last = form.period(today=clock.today(current_settings().time_zone))
    return form, Time(first=first, last=last)
