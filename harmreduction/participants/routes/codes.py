"""Look a code up, and answer what came of it. Codes come by POST only and go nowhere from here."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.participants.actions import codes as actions
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.forms.answers import AddForm, AnswerForm
from harmreduction.participants.forms.looking import LookUpForm
from harmreduction.participants.pending import PageTooOld, Pending
from harmreduction.participants.queries.codes import Found, Outcome
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.participants.routes.pages import (
    go_to,
    look_up_form,
    show_answer,
    show_codes,
    site_of,
    visit_named,
    ways_on,
)
from harmreduction.participants.rules.codes import (
    Beginning,
    CodeKind,
    CodeNotOurs,
    CodeTaken,
    TooManyLookups,
    UnusableCode,
)
from harmreduction.sites.queries import get_site_of
from harmreduction.web.access import current_actor, requires
from harmreduction.web.headers import with_camera
from harmreduction.web.i18n import say

bp = Blueprint("codes", __name__, url_prefix="/codes")

PAGES = {
    Outcome.WHICH_LETTER: "participants/letter.html",
    Outcome.EARLIER_RECIPE: "participants/near.html",
    Outcome.NEAR: "participants/near.html",
    Outcome.NEW: "participants/new_here.html",
}


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
@with_camera
def look_up() -> ResponseReturnValue:
    """Look a code up at a site; exactly this code, or one that is a slip away."""
    form = look_up_form()
    if not form.validate_on_submit() or not form.site.choices:
        return _page(form)
    try:
        site_of(form)
        return _answer(actions.look_up(form.typed(), by=current_actor(), at=clock.now()), form)
    except (UnusableCode, CodeNotOurs) as problem:
        form.fail(problem, form.typed_into)
        return _page(form)
    except TooManyLookups as problem:
        form.fail(problem)
        return _page(form), 429


@bp.get("/forgot")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def forgot() -> ResponseReturnValue:
    """Show the ways on for somebody who lost their card or forgot their code."""
    return _page(look_up_form(), "participants/forgot.html")


@bp.post("/chosen")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def chosen() -> ResponseReturnValue:
    """Open whoever is meant, after a page asked which of them it is."""
    form, by = AnswerForm(), current_actor()
    try:
        pending = Pending.unpacked(form.pending.data, by=by, at=clock.now())
    except PageTooOld as problem:
        return _too_old(problem)
    participant_id = form.chosen(pending.candidate_ids)
    if participant_id is None:
        return redirect(url_for(".look_up", visit=pending.visit_id or None))
    if pending.fits_earlier_recipe:
        actions.keep_in_step(participant_id, pending.keyed, by=by, at=clock.now())
    return go_to(participant_id, pending.visit_id)


@bp.post("/begin")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def begin() -> ResponseReturnValue:
    """Begin with a code that was just looked up; somebody with another's recipe gets a letter."""
    form, by, at = AnswerForm(), current_actor(), clock.now()
    try:
        pending = Pending.unpacked(form.pending.data, by=by, at=at)
        beginning = Beginning(
            client_id=pending.client_id,
            site_id=get_site_of(by, pending.site_id).id,
            code=pending.keyed,
            is_somebody_else=form.who.data == "other",
        )
        begun = actions.begin_with_code(beginning, by=by, at=at)
    except (PageTooOld, CodeNotOurs, CodeTaken) as problem:
        return _too_old(problem)
    if begun.letter:
        return render_template("participants/their_letter.html", begun=begun, visit_id=pending.visit_id)
    flash(_("Begun. With this code they are known here."), "good")
    return go_to(begun.participant_id, pending.visit_id)


@bp.get("/of/<uuid:participant_id>")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def manage(participant_id: UUID) -> ResponseReturnValue:
    """Show which kinds of codes a participant has, and what can be done about them."""
    participant = get_participant_of(current_actor(), str(participant_id))
    note_seen(participant, by=current_actor())
    return show_codes(participant, AddForm(formdata=None), look_up_form())


def _answer(found: Found, form: LookUpForm) -> ResponseReturnValue:
    """Go to whom was found, or show the page that asks what is meant."""
    if found.outcome is Outcome.NOT_OURS:
        raise CodeNotOurs(actions.CARD_NOT_OURS)
    if found.participant is None:
        return show_answer(PAGES[found.outcome], found, form)
    if form.is_first_time:
        return show_answer("participants/same_code.html", found, form)
    return go_to(found.participant.public_id, visit_named(form.visit.data))


def _page(form: LookUpForm, template: str = "participants/look_up.html") -> str:
    """Show the look-up, or what to do without a card."""
    if request.form.get("do") == CodeKind.PHRASE:
        template = "participants/forgot.html"
    return render_template(template, form=form, **ways_on(visit_named(form.visit.data), form.site.data or ""))


def _too_old(problem: PageTooOld | CodeNotOurs | CodeTaken) -> ResponseReturnValue:
    """Go back to the look-up, and say why."""
    flash(say(problem.message), "wait")
    return redirect(url_for(".look_up"))
