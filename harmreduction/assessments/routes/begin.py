"""The invitation: what the conversation is, what is kept of it and who sees that; no is as good an answer as yes."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from harmreduction.assessments.actions.beginning import Invitation, begin_conversation
from harmreduction.assessments.drafts import TooManyDrafts
from harmreduction.assessments.forms.begin import BeginForm
from harmreduction.assessments.forms.codes import CodeForm
from harmreduction.assessments.queries.going_on import last_of
from harmreduction.assessments.queries.kept import KeptVersion, find_whose, get_conversation, get_kept
from harmreduction.assessments.routes.codes import can_use_code, code_form, find_by_code
from harmreduction.assessments.rules.talks import Keeping
from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.encounters import queries as encounters
from harmreduction.encounters.models import Encounter
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.settings.queries import current_settings
from harmreduction.sites.queries import get_site_of, list_sites_of
from harmreduction.web.access import current_actor, requires
from harmreduction.web.headers import with_camera

bp = Blueprint("conversation_begin", __name__, url_prefix="/conversations/begin")


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
@with_camera
def begin() -> ResponseReturnValue:
    """Invite: show what is asked, and the ways to answer."""
    named = {name: _id_named(request.args.get(name)) for name in ("participant", "visit", "conversation")}
    whose = _whose(named["participant"], named["conversation"])
    return _page(_form(**named, **_as_last_time(named["conversation"], whose)), code_form(), whose)


@bp.post("")
@requires(Permission.HOLD_CONVERSATIONS)
@with_camera
def start() -> ResponseReturnValue:
    """Begin, as the participant wants it kept."""
    form, code = _form(), code_form()
    if form.validate_on_submit() and form.chosen_keeping is not None:
        wants_code = code.is_typed and form.chosen_keeping is Keeping.WITH_CODE
        participant_id = find_by_code(code) if wants_code else _id_named(form.participant.data)
        try:
            if participant_id is not None:
                draft = begin_conversation(_invitation(form, participant_id), by=current_actor(), at=clock.now())
                return redirect(url_for("conversation.overview", draft_id=draft.draft_id), 303)
        except TooManyDrafts as problem:
            form.fail(problem)
    return _page(form, code, _whose(_id_named(form.participant.data), _id_named(form.conversation.data)))


def _form(**said: object) -> BeginForm:
    """Return the form, with the reader's sites."""
    by, form = current_actor(), BeginForm(**said)
    visit = encounters.find_visit_of(by, _id_named(form.visit.data)) if form.visit.data else None
    place = encounters.find_place(by, now=clock.now())
    own = list_sites_of(by)
    usual = next((site.public_id for site in own if visit and site.id == visit.site_id), "")
    form.offer(own, usual or (place.site_public_id if place else ""))
    return form


def _as_last_time(conversation_id: str, whose: Participant | None) -> dict[str, object]:
    """Return how they wanted to talk last time, else the reader's language."""
    latest = _last_time(conversation_id, whose)
    if latest is None:
        return {"language": str(get_locale())}
    return {"wishes": sorted(latest.wishes), "language": latest.language}


def _last_time(conversation_id: str, whose: Participant | None) -> KeptVersion | None:
    """Return what was kept last, where a conversation goes on."""
    by = current_actor()
    conversation_id = conversation_id or (last_of(by, whose) if whose else None) or ""
    return get_kept(by, conversation_id).latest if conversation_id else None


def _invitation(form: BeginForm, participant_id: str) -> Invitation:
    """Return what was agreed."""
    by = current_actor()
    visit = encounters.find_visit_of(by, _id_named(form.visit.data)) if form.visit.data else None
    return Invitation(
        draft_id=form.form_id.data,
        site_id=visit.site_id if visit else get_site_of(by, form.site.data or "").id,
        keeping=form.chosen_keeping or Keeping.NOTHING,
        participant_id=participant_id,
        conversation_id=_id_named(form.conversation.data),
        visit_id=visit.public_id if visit and _is_today(visit) else "",
        language=form.chosen_language,
        wishes=form.wanted,
    )


def _is_today(visit: Encounter) -> bool:
    """Say whether a visit is of today; what is handed out in a conversation does not belong to an older one."""
    zone = next((site.time_zone for site in list_sites_of(current_actor()) if site.id == visit.site_id), clock.UTC_ZONE)
    return clock.today(zone, visit.occurred_at) == clock.today(zone)


def _page(form: BeginForm, code: CodeForm, whose: Participant | None) -> str:
    """Show the invitation."""
    return render_template(
        "assessments/begin.html",
        form=form,
        code=code,
        is_typed=code.is_typed,
        whose=whose,
        last_time=_last_time(_id_named(form.conversation.data), whose),
        decided=current_settings(),
        can_use_code=whose is not None or can_use_code(),
    )


def _whose(participant_id: str, conversation_id: str) -> Participant | None:
    """Return the participant from whose page or conversation it begins, if from any."""
    if participant_id:
        return get_participant_of(current_actor(), participant_id)
    if not conversation_id:
        return None
    return find_whose(current_actor(), get_conversation(current_actor(), conversation_id))


def _id_named(text: str | None) -> str:
    """Return a public id, or nothing for what is none."""
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""
