"""One referral: what became of it, what stands in the way, notes."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.directory.service_page import phones_of
from harmreduction.referrals import actions, queries
from harmreduction.referrals.forms import BarriersForm, NoteForm, QuickForm, StepForm
from harmreduction.referrals.models import Referral
from harmreduction.referrals.queries import Detail
from harmreduction.referrals.routes.pages import open_referral, show_problem
from harmreduction.referrals.rules.following import CannotRefer, asks_whether_kept
from harmreduction.referrals.rules.kinds import (
    BARRIERS,
    CHANNELS,
    FOLLOWS,
    HANDOVERS,
    TELLERS,
    Channel,
    Handover,
    State,
    ToldBy,
)
from harmreduction.referrals.rules.sharing import SHARED_ITEMS
from harmreduction.referrals.words import moment_words, need_name, service_name, state_name
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("referral", __name__, url_prefix="/referrals")

LATER = "later"
KEPT = {"kept": True, "not_kept": False, "not_known": None}


@bp.get("/<uuid:referral_id>")
@requires(Permission.MAKE_REFERRALS)
def show(referral_id: UUID) -> ResponseReturnValue:
    """Show a referral with everything that became of it."""
    open_referral(referral_id)
    detail = queries.get_detail(current_actor(), str(referral_id))
    return _page(detail, BarriersForm(formdata=None, barriers=sorted(detail.barriers)), NoteForm(formdata=None))


@bp.route("/<uuid:referral_id>/step", methods=["GET", "POST"])
@requires(Permission.MAKE_REFERRALS)
def step(referral_id: UUID) -> ResponseReturnValue:
    """Say what became of a referral, on any day."""
    referral = open_referral(referral_id)
    form = StepForm(_may_follow(referral), day=_today())
    if form.validate_on_submit():
        try:
            told = form.step(today=_today(), time_zone=_time_zone())
            actions.take_step(referral.public_id, told, by=current_actor(), at=clock.now())
            return _saved(referral_id)
        except CannotRefer as problem:
            show_problem(form, problem)
    return render_template("referrals/step.html", form=form, referral=referral, state_name=state_name)


@bp.post("/<uuid:referral_id>/quick")
@requires(Permission.MAKE_REFERRALS)
def quick(referral_id: UUID) -> ResponseReturnValue:
    """Say by one tap what happened today, in the list or on the referral's own page."""
    referral = queries.get_referral(current_actor(), str(referral_id))
    form = QuickForm()
    try:
        if form.validate_on_submit() and _do(form, referral.public_id):
            flash(_("Saved: %(number)s.", number=referral.slip_number), "good")
        else:
            flash(_("Nothing was saved. Tap what happened."), "wait")
    except DomainError as problem:
        flash(say(problem.message), "stop")
    return _back(form, referral_id)


@bp.post("/<uuid:referral_id>/no-contact")
@requires(Permission.MAKE_REFERRALS)
def no_contact(referral_id: UUID) -> ResponseReturnValue:
    """Take back that somebody may be contacted."""
    note = _("They do not want us to contact them any more.")
    actions.stop_contacting(str(referral_id), note=note, by=current_actor(), at=clock.now())
    flash(_("Saved. How to find them is erased."), "good")
    return _back(QuickForm(), referral_id)


@bp.post("/<uuid:referral_id>/part")
@requires(Permission.MAKE_REFERRALS)
def part(referral_id: UUID) -> ResponseReturnValue:
    """Cut the referral loose from the code that it belongs to."""
    actions.part_from_code(str(referral_id), by=current_actor())
    flash(_("Cut loose. It belongs to no code any more."), "good")
    return redirect(url_for(".show", referral_id=referral_id))


@bp.post("/<uuid:referral_id>/barriers")
@requires(Permission.MAKE_REFERRALS)
def barriers(referral_id: UUID) -> ResponseReturnValue:
    """Say what stands in the way."""
    actions.note_barriers(str(referral_id), BarriersForm().chosen(), by=current_actor(), at=clock.now())
    return _saved(referral_id)


@bp.post("/<uuid:referral_id>/notes")
@requires(Permission.MAKE_REFERRALS)
def note(referral_id: UUID) -> ResponseReturnValue:
    """Write a note for staff."""
    detail = queries.get_detail(current_actor(), str(referral_id))
    form = NoteForm()
    if form.validate_on_submit():
        written = {"client_id": form.form_id.data, "text": form.text.data.strip()}
        actions.write_note(str(referral_id), **written, by=current_actor(), at=clock.now())
        return _saved(referral_id)
    return _page(detail, BarriersForm(formdata=None, barriers=sorted(detail.barriers)), form)


def _page(detail: Detail, barriers_form: BarriersForm, note_form: NoteForm) -> str:
    """Show everything about a referral."""
    referral, today = detail.referral, _today()
    return render_template(
        "referrals/referral.html",
        detail=detail,
        referral=referral,
        barriers_form=barriers_form,
        note_form=note_form,
        quick=QuickForm(formdata=None),
        whose=queries.find_participant(current_actor(), referral),
        called=queries.list_called([referral], at=clock.now()).get(referral.id),
        phones_of=phones_of,
        sharing=queries.list_sharing(referral, now=clock.now()),
        asks_whether_kept=asks_whether_kept(referral.arrived_on, referral.is_kept_at_30_days, today=today),
        reach_by=CHANNELS[Channel(referral.reach_by)] if referral.reach_by else None,
        handover=HANDOVERS[Handover(referral.handover)],
        barrier_names=[BARRIERS[barrier] for barrier in sorted(detail.barriers)],
        tellers={teller.value: TELLERS[teller] for teller in ToldBy},
        shared_items=SHARED_ITEMS,
        time_zone=_time_zone(),
        today=today,
        need_name=need_name,
        state_name=state_name,
        service_name=service_name,
        moment_words=moment_words,
    )


def _do(form: QuickForm, referral_id: str) -> bool:
    """Do what was tapped, and say whether that was anything."""
    by, at = current_actor(), clock.now()
    tapped = form.step(referral_id, today=_today())
    if tapped is not None:
        actions.take_step(referral_id, tapped, by=by, at=at)
    elif form.do.data == LATER:
        actions.ask_again_later(referral_id, by=by, at=at)
    elif form.do.data in KEPT:
        actions.say_whether_kept(referral_id, KEPT[form.do.data], by=by, at=at)
    else:
        return False
    return True


def _back(form: QuickForm, referral_id: UUID) -> Response:
    """Go back to where a button was tapped."""
    is_listed = form.back.data == "list"
    return redirect(url_for("referrals.to_call") if is_listed else url_for(".show", referral_id=referral_id))


def _may_follow(referral: Referral) -> list[State]:
    """Return what may become of a referral next, in the usual order."""
    follows = FOLLOWS[State(referral.state)]
    return [state for state in State if state in follows]


def _saved(referral_id: UUID) -> Response:
    """Go back to the referral and say that it is saved."""
    flash(_("Saved."), "good")
    return redirect(url_for(".show", referral_id=referral_id))


def _time_zone() -> str:
    """Return the programme's zone."""
    return current_settings().time_zone


def _today() -> date:
    """Return the programme's day."""
    return clock.today(_time_zone())
