"""Conversations that were kept, as both read them: the latest, every version before it, and the way to erase them."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments import words
from harmreduction.assessments.actions import kept as actions
from harmreduction.assessments.drawing import rating_charts
from harmreduction.assessments.forms.kept import EraseForm
from harmreduction.assessments.queries import kept as queries
from harmreduction.assessments.queries.kept import Kept, KeptVersion
from harmreduction.assessments.rules.cards import Words, in_words
from harmreduction.assessments.rules.changes import changes_between, rated_until, said_until, with_notes_before
from harmreduction.assessments.rules.plan_words import DOMAINS, SCALES
from harmreduction.assessments.rules.plans import in_domains
from harmreduction.assessments.rules.so_far import Said, said_to
from harmreduction.assessments.talk_words import SIGN_OFFS, SITUATIONS, TOLD
from harmreduction.core.permissions import Permission
from harmreduction.web.access import SAFE_METHODS, current_actor, requires

bp = Blueprint("kept_conversations", __name__, url_prefix="/conversations/<uuid:conversation_id>")


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
def show(conversation_id: UUID) -> ResponseReturnValue:
    """Show a conversation as it stands now, with what changed since the time before."""
    kept = _open(conversation_id)
    return _page(kept, kept.latest)


@bp.get("/versions")
@requires(Permission.HOLD_CONVERSATIONS)
def versions(conversation_id: UUID) -> ResponseReturnValue:
    """List every time that it was talked about, the latest first."""
    kept = _open(conversation_id)
    return render_template("assessments/versions.html", kept=kept, situations=SITUATIONS)


@bp.get("/versions/<uuid:version_id>")
@requires(Permission.HOLD_CONVERSATIONS)
def version(conversation_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Show what was said and planned at one time, with the words that the cards had then."""
    shown = queries.get_kept(current_actor(), str(conversation_id)).version(str(version_id))
    return _page(_open(conversation_id), shown)


@bp.route("/erase", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def erase(conversation_id: UUID) -> ResponseReturnValue:
    """Say what goes, and erase a conversation when that is pressed."""
    kept, form = _open(conversation_id), EraseForm()
    if not form.validate_on_submit():
        return render_template("assessments/erase.html", kept=kept, form=form)
    whose = queries.find_whose(current_actor(), kept.conversation)
    is_overwritten = actions.erase_conversation(str(conversation_id), by=current_actor())
    flash(_("Erased. Nothing of it can be read here any more."), "good")
    if not is_overwritten:
        flash(_("The disk still holds traces, because somebody was reading. They go within a day."), "wait")
    if whose is not None:
        return redirect(url_for("finding_kept.of_participant", participant_id=whose.public_id))
    return redirect(url_for("conversations.start"))


def _open(conversation_id: UUID) -> Kept:
    """Return the conversation that a page is about; looking at it is written down."""
    kept = queries.get_kept(current_actor(), str(conversation_id))
    if request.method in SAFE_METHODS:
        actions.note_seen(kept.conversation, by=current_actor())
    return kept


def _page(kept: Kept, shown: KeptVersion) -> str:
    """Show one version, and what changed since the one before."""
    before = _until(kept, kept.before(shown))
    noted = replace(shown, answers=with_notes_before(before, shown)) if before else shown
    return render_template(
        "assessments/kept.html",
        kept=kept,
        shown=shown,
        before=before,
        changes=changes_between(before, shown) if before else None,
        whose=queries.find_whose(current_actor(), kept.conversation),
        said=_said(noted, noted.order),
        said_before=[(of, each) for code, of in kept.said_before(shown).items() for each in _said(of, (code,))],
        lines=in_domains(rated_until(kept.until(shown))),
        charts=list(rating_charts(kept.until(shown))),
        w=lambda text: _word(text, shown.language),
        words=words,
        domains=DOMAINS,
        scales=SCALES,
        situations=SITUATIONS,
        sign_offs=SIGN_OFFS,
        told=TOLD,
    )


def _until(kept: Kept, version: KeptVersion | None) -> KeptVersion | None:
    """Return a version with all that was said and rated until then, on whichever day."""
    if version is None:
        return None
    until = kept.until(version)
    said = {code: answer for code, (_on, answer) in said_until(until).items()}
    return replace(version, answers=said, steps=rated_until(until))


def _said(of: KeptVersion, codes: Iterable[str]) -> list[Said]:
    """Return what was said to some cards, in the words of then."""
    cards = ((of.cards.card(code), of.answers[code]) for code in codes)
    return [said_to(card, answer, of.language) for card, answer in cards if card is not None]


def _word(text: Words | None, language: str) -> str:
    """Return a text of the cards in the language of the conversation."""
    return in_words(text, language) if text else ""
