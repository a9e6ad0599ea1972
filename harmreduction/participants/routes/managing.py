"""The codes of one participant: add, end, join with another's, and part again."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.permissions import Permission
from harmreduction.participants.actions import codes as actions
from harmreduction.participants.actions.cards import give_card
from harmreduction.participants.actions.lookups import count_lookup
from harmreduction.participants.actions.merging import merge_participants, part_participants
from harmreduction.participants.digests import keyed_code
from harmreduction.participants.forms.answers import AddForm, AnswerForm, EndForm
from harmreduction.participants.forms.looking import AtSiteForm
from harmreduction.participants.pending import PageTooOld, Pending
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.participants.routes.cards import show_card
from harmreduction.participants.routes.pages import look_up_form, note_found, offer_sites, show_codes, site_of
from harmreduction.participants.rules.codes import CannotMerge, CodeTaken, NewCard, TooManyLookups, UnusableCode
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("participant_codes", __name__, url_prefix="/codes/of/<uuid:participant_id>")


@bp.post("/card")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def new_card(participant_id: UUID) -> ResponseReturnValue:
    """Give a participant a new card, shown once."""
    form = AtSiteForm()
    offer_sites(form)
    card = NewCard(client_id=form.form_id.data, site_id=site_of(form).id, participant_id=str(participant_id))
    begun, code = give_card(card, by=current_actor(), at=clock.now())
    return show_card(code, begun)


@bp.post("/add")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def add(participant_id: UUID) -> ResponseReturnValue:
    """Add a blank card that a participant holds, or a phrase of their own; each try counts as a look-up."""
    form, by, at = AddForm(), current_actor(), clock.now()
    participant = get_participant_of(by, str(participant_id))
    try:
        keyed = keyed_code(form.typed(), current_settings())
        count_lookup(by=by, at=at)
        actions.add_code(participant.public_id, keyed, by=by, at=at)
        flash(_("Added."), "good")
        return redirect(url_for("codes.manage", participant_id=participant_id))
    except (UnusableCode, CodeTaken, TooManyLookups) as problem:
        form.fail(problem, form.typed_into)
        return show_codes(participant, form, look_up_form()), _status(problem)


@bp.post("/end")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def end(participant_id: UUID) -> ResponseReturnValue:
    """End the codes of a kind, of lost cards for example."""
    participant, kind = get_participant_of(current_actor(), str(participant_id)), EndForm().kind
    if kind is not None:
        actions.end_codes(participant.public_id, kind, by=current_actor(), at=clock.now())
        flash(_("Ended. No such code of theirs works any more."), "good")
    return redirect(url_for("codes.manage", participant_id=participant_id))


@bp.post("/other")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def find_other(participant_id: UUID) -> ResponseReturnValue:
    """Look up another code of the same person, and ask whether the two are to be joined."""
    form, by, at = look_up_form(), current_actor(), clock.now()
    participant = get_participant_of(by, str(participant_id))
    if not form.validate_on_submit():
        return show_codes(participant, AddForm(formdata=None), form)
    try:
        found = actions.look_up(form.typed(), by=by, at=at)
    except (UnusableCode, TooManyLookups) as problem:
        form.fail(problem, form.typed_into)
        return show_codes(participant, AddForm(formdata=None), form), _status(problem)
    note_found(found)
    pending = Pending.of(found, site_id="").packed(by=by, at=at) if found.candidates else None
    answer = AnswerForm(formdata=None, pending=pending)
    return render_template("participants/join.html", participant=participant, found=found, form=answer)


@bp.post("/join")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def join(participant_id: UUID) -> ResponseReturnValue:
    """Let a participant stand for another one too: they are the same person."""
    form, by, at = AnswerForm(), current_actor(), clock.now()
    participant = get_participant_of(by, str(participant_id))
    try:
        other_id = form.chosen(Pending.unpacked(form.pending.data, by=by, at=at).candidate_ids)
        if other_id is not None:
            merge_participants(participant.public_id, other_id, by=by, at=at)
            flash(_("Joined. Both codes lead here now. You can part them again below."), "good")
    except (PageTooOld, CannotMerge) as problem:
        flash(say(problem.message), "wait")
    return redirect(url_for("codes.manage", participant_id=participant_id))


@bp.post("/part")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def part(participant_id: UUID) -> ResponseReturnValue:
    """Take a join back: they are two people after all."""
    participant = get_participant_of(current_actor(), str(participant_id))
    try:
        part_participants(EndForm().merged.data or "", by=current_actor())
        flash(_("Parted. Each has their own page and codes again."), "good")
    except NotFound as problem:
        flash(say(problem.message), "wait")
    return redirect(url_for("codes.manage", participant_id=participant.public_id))


def _status(problem: DomainError) -> int:
    """Return the status of a page that shows a problem."""
    return 429 if isinstance(problem, TooManyLookups) else 200
