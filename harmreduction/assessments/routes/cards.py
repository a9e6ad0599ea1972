"""One card on the screen: what it asks, what is said to it, and the four ways out."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments.forms.cards import WORDS, CardForm, ChoiceForm
from harmreduction.assessments.routes.pages import current_draft, keep_change, show_talk
from harmreduction.assessments.rules.answering import (
    MOOD_CARD,
    answer_of,
    answered,
    asks_for_today,
    settled,
    still_true,
    typed_on,
    with_typed,
    without_typed,
)
from harmreduction.assessments.rules.cards import Card, Kind
from harmreduction.assessments.rules.so_far import said_to
from harmreduction.assessments.rules.talks import Answer, ChangedElsewhere, Draft, Reply, Wish
from harmreduction.assessments.rules.what_if import for_card, with_tried
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.web.access import requires

bp = Blueprint("conversation_card", __name__, url_prefix="/conversations/now/<uuid:draft_id>/cards")


@bp.get("/<card_code>")
@requires(Permission.HOLD_CONVERSATIONS)
def card(draft_id: UUID, card_code: str) -> ResponseReturnValue:
    """Show a card; a hard one says first what comes."""
    draft = current_draft(draft_id)
    shown, answer = _card_of(draft, card_code), _answer_to(draft, card_code)
    if shown.is_hard() and not answer.revision and "go_on" not in request.args:
        return show_talk("assessments/notice.html", draft, card=shown)
    typed = next(iter(typed_on(draft, card_code)), None)
    return _page(draft, shown, CardForm(answer, typed, formdata=None, screen=request.args.get("screen", "")))


@bp.post("/<card_code>")
@requires(Permission.HOLD_CONVERSATIONS)
def answer(draft_id: UUID, card_code: str) -> ResponseReturnValue:
    """Keep in the draft what was said to a card, and go on."""
    draft = current_draft(draft_id)
    shown = _card_of(draft, card_code)
    form = CardForm(_answer_to(draft, card_code))
    if not form.validate_on_submit():
        return _page(draft, shown, form)
    try:
        return _go_on(keep_change(draft_id, lambda before: _told(before, shown, form)), shown, form)
    except ChangedElsewhere as problem:
        form = ChoiceForm.beside(problem.sent, form)
        kept, sent = (said_to(shown, each, draft.language) for each in (problem.kept, problem.sent))
        return show_talk(
            "assessments/changed.html", draft, card=shown, form=form, problem=problem, kept=kept, sent=sent
        )


@bp.post("/<card_code>/typing")
@requires(Permission.HOLD_CONVERSATIONS)
def typing(draft_id: UUID, card_code: str) -> ResponseReturnValue:
    """Keep what stands in the fields before it is sent; it changes nothing of what was said."""
    form = CardForm(_answer_to(current_draft(draft_id), card_code))
    typed, taken_over = form.typed(), form.taken_over.data or ""
    keep_change(draft_id, lambda draft: with_typed(draft, typed, taken_over=taken_over))
    return "", 204


@bp.post("/<card_code>/choose")
@requires(Permission.HOLD_CONVERSATIONS)
def choose(draft_id: UUID, card_code: str) -> ResponseReturnValue:
    """Keep what two people chose of two versions of a card."""
    draft = current_draft(draft_id)
    shown = _card_of(draft, card_code)
    form = ChoiceForm(Answer(card=shown.code))
    if not form.validate_on_submit():
        return _page(draft, shown, form)
    sent = answer_of(shown, Answer(card=shown.code), form.sent()) or Answer(card=shown.code)
    pages = form.page.data, form.taken_over.data or ""
    draft = keep_change(draft_id, lambda draft: settled(without_typed(draft, *pages), sent, form.chosen_version))
    flash(_("Both wordings stay readable on the card."), "good")
    if _opens_today(draft, shown):
        return redirect(url_for("conversation_agreed.same_day", draft_id=draft_id), 303)
    return redirect(url_for(".card", draft_id=draft_id, card_code=card_code, go_on=1), 303)


def _told(draft: Draft, shown: Card, form: CardForm) -> Draft:
    """Return the draft with what was sent from a card."""
    draft = without_typed(draft, form.page.data, form.taken_over.data or "")
    if form.do.data == "still_true":
        return still_true(draft, shown, form.sent())
    said = answer_of(shown, _answer_to(draft, shown.code), form.sent())
    draft = draft if said is None else answered(draft, said)
    if "tried" not in request.form:  # a screen without what would change says nothing of it
        return draft
    return with_tried(draft, shown, request.form.getlist("tried"), into_plan=form.do.data == "to_plan")


def _go_on(draft: Draft, shown: Card, form: CardForm) -> ResponseReturnValue:
    """Go where the button leads: by default back to the cards."""
    draft_id, do = draft.draft_id, form.do.data or ""
    if _has_more_screens(draft, shown, form):
        return redirect(url_for(".card", card_code=shown.code, go_on=1, screen=WORDS, draft_id=draft_id), 303)
    if do in ("what_if", "to_plan"):
        return redirect(url_for(".card", card_code=shown.code, go_on=1, _anchor="what-if", draft_id=draft_id), 303)
    if _opens_today(draft, shown):
        return redirect(url_for("conversation_agreed.same_day", draft_id=draft_id), 303)
    if do == "stop":
        return redirect(url_for("conversation_end.end", draft_id=draft_id), 303)
    return redirect(url_for("conversation.overview", draft_id=draft_id), 303)


def _has_more_screens(draft: Draft, shown: Card, form: CardForm) -> bool:
    """Say whether own words are asked for on a screen of their own, after what was chosen."""
    is_first = Wish.SHORT_QUESTIONS in draft.wishes and shown.kind is not Kind.WORDS and form.screen.data != WORDS
    return is_first and not form.do.data and _answer_to(draft, shown.code).reply in (None, Reply.ANSWERED)


def _opens_today(draft: Draft, shown: Card) -> bool:
    """Say whether a card leads to what can be done today."""
    return shown.code == MOOD_CARD and asks_for_today(_answer_to(draft, MOOD_CARD))


def _page(draft: Draft, shown: Card, form: CardForm) -> str:
    """Show a card with its form."""
    earlier = draft.earlier.answers.get(shown.code) if draft.earlier else None
    answer = _answer_to(draft, shown.code)
    return show_talk(
        "assessments/card.html",
        draft,
        card=shown,
        form=form,
        answer=answer,
        earlier=earlier if not answer.revision else None,
        what_if=for_card(draft, shown),
        is_short=Wish.SHORT_QUESTIONS in draft.wishes and shown.kind is not Kind.WORDS,
        unsent=[each for each in typed_on(draft, shown.code) if each.page_id != form.taken_over.data],
    )


def _card_of(draft: Draft, code: str) -> Card:
    """Return a card of the set that the conversation was begun with."""
    found = draft.cards.card(code)
    if found is None:
        raise NotFound(message("There is no such card."))
    return found


def _answer_to(draft: Draft, code: str) -> Answer:
    """Return what was said to a card so far, which may be nothing."""
    return draft.answers.get(code, Answer(card=code))
