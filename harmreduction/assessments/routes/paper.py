"""What the participant takes home, from a conversation that runs: nothing of it is stored for being printed."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.assessments.actions.keeping import end_conversation
from harmreduction.assessments.drafts import GoneDraft
from harmreduction.assessments.forms.begin import ReviewForm
from harmreduction.assessments.forms.paper import PaperForm
from harmreduction.assessments.pdf import can_make_pdf
from harmreduction.assessments.queries import paper as queries
from harmreduction.assessments.queries.ending import find_conversation_of
from harmreduction.assessments.routes.pages import current_draft, keep_change, show_talk
from harmreduction.assessments.routes.sheets import Asked, as_pdf, asked_for, print_instead, shown
from harmreduction.assessments.rules.paper import PaperChoices, lines_chosen
from harmreduction.assessments.rules.talks import Draft, Keeping, Wish
from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("conversation_paper", __name__, url_prefix="/conversations/now/<uuid:draft_id>")


@bp.get("/paper")
@requires(Permission.HOLD_CONVERSATIONS)
def paper(draft_id: UUID) -> ResponseReturnValue:
    """Show the page and the card as they print, and what can be chosen for them."""
    draft = current_draft(draft_id)
    return _page(draft, ReviewForm(review_on=draft.review_on, formdata=None))


@bp.post("/paper")
@requires(Permission.HOLD_CONVERSATIONS)
def choose(draft_id: UUID) -> ResponseReturnValue:
    """Choose what is on it: which lines is remembered with the plan, the look stands in the address."""
    form = PaperForm(request.form, _usual(current_draft(draft_id)))
    ticked, offered = form.lines.data or [], form.offered.data or []
    keep_change(draft_id, lambda draft: replace(draft, steps=lines_chosen(draft.steps, ticked, offered=offered)))
    return redirect(url_for(".paper", draft_id=draft_id, **form.marks()), 303)


@bp.post("/paper/day")
@requires(Permission.HOLD_CONVERSATIONS)
def choose_day(draft_id: UUID) -> ResponseReturnValue:
    """Choose the day to look at the plan again, so that it stands on the paper; the look stays in the address."""
    draft, form = current_draft(draft_id), ReviewForm()
    if not form.check(today=clock.today(current_settings().time_zone)):
        return _page(draft, form)
    keep_change(draft_id, lambda before: replace(before, review_on=form.review_on.data))
    look = PaperForm(request.args, _usual(draft))
    if form.review_on.data:
        look.days.data = True  # who puts a day on the paper wants to see it there
    return redirect(url_for(".paper", draft_id=draft_id, **(look.marks() if look.is_sent else {})), 303)


@bp.get("/paper/pdf")
@requires(Permission.HOLD_CONVERSATIONS)
def pdf(draft_id: UUID) -> ResponseReturnValue:
    """Show the same as a PDF, where this server can make one."""
    asked = _asked(current_draft(draft_id))
    return (
        as_pdf(asked) if can_make_pdf() else print_instead(url_for(".paper", draft_id=draft_id, **asked.form.marks()))
    )


@bp.get("/only-copy")
@requires(Permission.HOLD_CONVERSATIONS)
def only_copy(draft_id: UUID) -> ResponseReturnValue:
    """Show the paper once more; nothing is erased before they say that it is in their hands."""
    draft = current_draft(draft_id)
    return show_talk("assessments/only_copy.html", draft, **shown(_asked(draft)))


@bp.post("/only-copy")
@requires(Permission.HOLD_CONVERSATIONS)
def keep_nothing(draft_id: UUID) -> ResponseReturnValue:
    """Erase the conversation: the paper in their hands is the only copy. Tapped twice, it is done once."""
    try:
        current_draft(draft_id)
        end_conversation(str(draft_id), keeping=Keeping.NOTHING, by=current_actor(), at=clock.now())
    except GoneDraft:
        version_id = request.form.get("version")
        if not version_id or find_conversation_of(current_actor(), version_id) is not None:
            raise
    return redirect(url_for("conversation_end.nothing_kept"), 303)


def _page(draft: Draft, review: ReviewForm) -> str:
    """Show the paper, what can be chosen for it, and the day to look at the plan again."""
    return show_talk("assessments/paper.html", draft, review=review, **shown(_asked(draft)))


def _usual(draft: Draft) -> PaperChoices:
    """Return how the paper is wanted before anybody says so."""
    return PaperChoices(language=draft.language, is_large=Wish.LARGE_TEXT in draft.wishes)


def _asked(draft: Draft) -> Asked:
    """Return the paper that the address asks for, with the lines as the plan has them."""
    plan = queries.plan_to_print(draft, at=clock.now())
    return asked_for(plan, _usual(draft), request.args, value_of=lambda place, step: step.step_id)
