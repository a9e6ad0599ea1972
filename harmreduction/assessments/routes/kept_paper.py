"""What the participant takes home again, from a conversation that was kept."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.assessments.actions.kept import note_seen
from harmreduction.assessments.pdf import can_make_pdf
from harmreduction.assessments.queries.paper import KeptPaper, get_kept_paper
from harmreduction.assessments.routes.sheets import Asked, as_pdf, asked_for, print_instead, shown
from harmreduction.assessments.rules.paper import PaperChoices
from harmreduction.assessments.rules.talks import Wish
from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.web.access import current_actor, requires

bp = Blueprint("kept_paper", __name__, url_prefix="/conversations/<uuid:conversation_id>/paper")


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
def paper(conversation_id: UUID) -> ResponseReturnValue:
    """Show the page and the card of a version; what is chosen for them stands in the address as marks, never words."""
    kept = _open(conversation_id)
    return render_template("assessments/kept_paper.html", kept=kept, **shown(_asked(kept)))


@bp.get("/pdf")
@requires(Permission.HOLD_CONVERSATIONS)
def pdf(conversation_id: UUID) -> ResponseReturnValue:
    """Show the same as a PDF, where this server can make one."""
    asked = _asked(_open(conversation_id))
    return as_pdf(asked) if can_make_pdf() else print_instead(url_for(".paper", conversation_id=conversation_id))


def _open(conversation_id: UUID) -> KeptPaper:
    """Return the version that the address names, the latest by default; looking at it is written down."""
    kept = get_kept_paper(current_actor(), str(conversation_id), request.args.get("version"), at=clock.now())
    note_seen(kept.conversation, by=current_actor())
    return kept


def _asked(kept: KeptPaper) -> Asked:
    """Return the paper that the address asks for; it names lines by their place in this version."""
    version = kept.version
    usual = PaperChoices(
        language=version.language,
        is_large=Wish.LARGE_TEXT in version.wishes,
        has_plan_number=kept.plan.plan_number is not None,  # it stands nowhere else
    )
    return asked_for(kept.plan, usual, request.args, value_of=lambda place, step: str(place))
