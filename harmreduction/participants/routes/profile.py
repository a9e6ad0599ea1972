"""The data dial, and what a participant told once."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.core import clock
from harmreduction.core.errors import NotFound
from harmreduction.core.permissions import Permission
from harmreduction.participants.actions import profile as actions
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.forms.profile import AskForm, EraseForm, ProfileForm, profile_form
from harmreduction.participants.models import Participant
from harmreduction.participants.queries import profile as queries
from harmreduction.participants.queries.people import get_participant_of, sites_of
from harmreduction.participants.rules.profile import (
    CATALOGUE,
    CannotAsk,
    ProfileTold,
    Question,
    answer_words,
    get_question,
    is_to_ask_again,
)
from harmreduction.settings.queries import current_settings
from harmreduction.sites.models import Site
from harmreduction.sites.queries import list_sites
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("profile", __name__)


@bp.get("/questions/profile")
@requires(Permission.SHAPE_QUESTIONS)
def dial() -> ResponseReturnValue:
    """Show every question that could be asked, and which are on."""
    return render_template("participants/dial.html", catalogue=CATALOGUE, asked=queries.list_asked())


@bp.route("/questions/profile/<question>", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def turn_on(question: str) -> ResponseReturnValue:
    """Turn a question on, or say anew who wants to know and how long answers stay."""
    wanted = _question(question)
    form = AskForm(obj=queries.list_asked().get(question), keep_months=wanted.months)
    if form.validate_on_submit():
        asked_for = form.asked_for.data.strip()
        months = form.keep_months.data or wanted.months
        actions.turn_on(question, asked_for=asked_for, keep_months=months, by=current_actor(), at=clock.now())
        flash(_("This question is asked now. Everybody can skip it."), "good")
        return redirect(url_for(".dial"))
    return render_template(
        "participants/dial_question.html",
        form=form,
        question=wanted,
        is_on=question in queries.list_asked(),
        answered=queries.count_answers().get(question, 0),
    )


@bp.post("/questions/profile/<question>/off")
@requires(Permission.SHAPE_QUESTIONS)
def turn_off(question: str) -> ResponseReturnValue:
    """Turn a question off and erase what was answered; the page before said how many that are."""
    _question(question)
    erased = actions.turn_off(question, by=current_actor())
    said = ngettext("%(num)d answer is erased.", "%(num)d answers are erased.", erased)
    flash(_("This question is off.") + " " + said, "good")
    return redirect(url_for(".dial"))


@bp.route("/participants/<uuid:participant_id>/profile", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
def show(participant_id: UUID) -> ResponseReturnValue:
    """Ask what is on and was not told yet, and show what was."""
    participant = get_participant_of(current_actor(), str(participant_id))
    asked = queries.list_asked()
    form = profile_form(asked)()
    sites = _sites_in_common(participant)
    form.offer(sites)
    if form.validate_on_submit():
        try:
            _tell(participant, form, sites)
            flash(_("Saved. What was skipped stays empty."), "good")
            return redirect(url_for(".show", participant_id=participant.public_id))
        except CannotAsk as problem:
            form.fail(problem)
    note_seen(participant, by=current_actor())
    return render_template(
        "participants/profile.html",
        participant=participant,
        form=form,
        asked=asked,
        told=queries.list_told(current_actor(), participant),
        words_of=_words_of,
        is_to_ask_again=is_to_ask_again,
        today=clock.today(current_settings().time_zone),
    )


@bp.post("/participants/<uuid:participant_id>/profile/erase")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def erase(participant_id: UUID) -> ResponseReturnValue:
    """Erase one answer, or all of them."""
    actions.erase_profile(str(participant_id), EraseForm().question.data or None, by=current_actor())
    flash(_("Erased."), "good")
    return redirect(url_for(".show", participant_id=participant_id))


def _tell(participant: Participant, form: ProfileForm, sites: Sequence[Site]) -> None:
    """Write down what the page says; nothing at all is fine."""
    answers = form.answers(queries.list_asked())
    if not answers:
        return
    site = next(site for site in sites if site.public_id == form.site.data)
    told = ProfileTold(
        participant_id=participant.public_id,
        site_id=site.id,
        told_on=clock.today(site.time_zone),
        answers=answers,
    )
    actions.tell_profile(told, by=current_actor())


def _sites_in_common(participant: Participant) -> list[Site]:
    """Return the sites where the participant is known and this person works."""
    known_at = sites_of(participant)
    return [site for site in list_sites() if site.id in known_at and current_actor().works_at(site.id)]


def _question(name: str) -> Question:
    """Return the question that an address names."""
    try:
        return get_question(name)
    except CannotAsk as problem:
        raise NotFound(problem.message) from problem


def _words_of(question: Question, answers: Sequence[str]) -> str:
    """Return answers as people read them."""
    words = (answer_words(question, answer) for answer in answers)
    return ", ".join(word if isinstance(word, str) else say(word) for word in words)
