"""Look back at a conversation, for oneself; it belongs to no conversation and no participant."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments.actions.reflections import erase_reflection, keep_reflection
from harmreduction.assessments.forms.reflections import ReflectionForm
from harmreduction.assessments.queries.reflections import list_own_reflections
from harmreduction.assessments.rules.reflections import QUESTIONS
from harmreduction.core import clock
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters import queries as encounters
from harmreduction.settings.queries import current_settings
from harmreduction.sites.queries import list_sites_of
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("conversation_reflections", __name__, url_prefix="/conversations")


@bp.route("/reflect", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def reflect() -> ResponseReturnValue:
    """Ask how a conversation went."""
    form = ReflectionForm()
    if form.validate_on_submit():
        reflection = form.reflection()
        keep_reflection(
            reflection, site_id=_site_id(), by=current_actor(), today=clock.today(current_settings().time_zone)
        )
        if reflection.says_something():
            flash(_("Saved for you. Nobody else reads your words here."), "good")
        return redirect(url_for(".history"))
    return render_template("assessments/team/reflect.html", form=form)


@bp.get("/reflections")
@requires(Permission.HOLD_CONVERSATIONS)
def history() -> ResponseReturnValue:
    """List what the reader noted so far."""
    number = page_number()
    rows = list_own_reflections(current_actor(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template("assessments/team/reflections.html", page=page_of(rows, number), questions=QUESTIONS)


@bp.post("/reflections/<uuid:reflection_id>/erase")
@requires(Permission.HOLD_CONVERSATIONS)
def erase(reflection_id: UUID) -> ResponseReturnValue:
    """Erase what the reader noted once; pressed twice on their page, it says the same."""
    try:
        erase_reflection(str(reflection_id), by=current_actor())
    except NotFound:
        if request.form.get("note") != str(reflection_id):
            raise
    flash(_("Erased."), "good")
    return redirect(url_for(".history"))


def _site_id() -> int:
    """Return the site where the reader works now, else one of theirs."""
    actor = current_actor()
    place, own = encounters.find_place(actor, now=clock.now()), list_sites_of(actor)
    if not own:
        raise NotAllowed(message("You have no site yet. Ask your administrator to add you to one."))
    return next((site.id for site in own if place and site.public_id == place.site_public_id), own[0].id)
