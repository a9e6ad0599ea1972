"""The pages on which a programme shapes its cards: their order, their words, and the sets of before."""

from datetime import date
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from harmreduction.assessments.actions import card_editing as actions
from harmreduction.assessments.forms.card_editing import CardDeedForm, CardForm, WordsForm, fail_where
from harmreduction.assessments.forms.step_editing import StepWordsForm
from harmreduction.assessments.queries import card_set as queries
from harmreduction.assessments.rules import card_editing as rules
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.cards import Card
from harmreduction.assessments.rules.readability import Text, measure
from harmreduction.core import clock
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import LANGUAGES, say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("conversation_cards", __name__, url_prefix="/conversations/cards")

PLACES = {"earlier": -1, "later": 1}


@bp.get("")
@requires(Permission.SHAPE_QUESTIONS)
def index() -> ResponseReturnValue:
    """Show the cards in order, those that are put away last, and what a newer release says differently."""
    return render_template(
        "assessments/team/cards.html", in_use=queries.find_set_in_use(), always=rules.ALWAYS_USED, deed=CardDeedForm()
    )


@bp.post("/<card_code>/move")
@requires(Permission.SHAPE_QUESTIONS)
def move(card_code: str) -> ResponseReturnValue:
    """Move a card one place earlier or later."""
    places = PLACES.get(CardDeedForm().do.data, 0)
    actions.change_cards(partial(rules.move_card, code=card_code, places=places), by=current_actor(), today=_today())
    return redirect(url_for(".index", _anchor=card_code))


@bp.post("/<card_code>/put-away")
@requires(Permission.SHAPE_QUESTIONS)
def put_away(card_code: str) -> ResponseReturnValue:
    """Put a card away: it is asked no more, and nothing that was said to it is lost."""
    actions.change_cards(partial(rules.put_away, code=card_code), by=current_actor(), today=_today())
    return _saved()


@bp.post("/<card_code>/use")
@requires(Permission.SHAPE_QUESTIONS)
def use(card_code: str) -> ResponseReturnValue:
    """Use a card again."""
    actions.change_cards(partial(rules.take_back, code=card_code), by=current_actor(), today=_today())
    return _saved()


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def new() -> ResponseReturnValue:
    """Add a card of the programme's own."""
    form = CardForm(queries.current_cards(), str(get_locale()))
    if form.validate_on_submit() and _keep(form, None, "en"):
        return _saved(form)
    reading = reading_of(form, "en")
    form.add_rows()
    return render_template("assessments/team/card_edit.html", form=form, card=None, language="en", reading=reading)


@bp.route("/<card_code>", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def edit(card_code: str) -> ResponseReturnValue:
    """Change a card: all of it in English, its words alone in another language."""
    language, in_use = wanted_language(), queries.current_cards()
    card = rules.find_card(in_use, card_code)
    form = CardForm(in_use, str(get_locale()), card) if language == "en" else WordsForm()
    if form.validate_on_submit() and _keep(form, card, language):
        return _saved(form, language)
    if not form.is_submitted():
        form.show(card, language)
    if language == "en":
        form.add_rows()
    reading = reading_of(form, language)
    return render_template("assessments/team/card_edit.html", form=form, card=card, language=language, reading=reading)


@bp.get("/preview")
@requires(Permission.SHAPE_QUESTIONS)
def preview() -> ResponseReturnValue:
    """Show every card as it reads, in one language."""
    return render_template("assessments/team/preview.html", cards=queries.current_cards(), language=wanted_language())


@bp.get("/sets")
@requires(Permission.SHAPE_QUESTIONS)
def sets() -> ResponseReturnValue:
    """List the sets that were in use, and what each changed."""
    number = page_number()
    rows = queries.list_sets(offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template("assessments/team/sets.html", page=page_of(rows, number), deed=CardDeedForm())


@bp.post("/sets")
@requires(Permission.SHAPE_QUESTIONS)
def use_set() -> ResponseReturnValue:
    """Go back to a set that was in use before."""
    try:
        actions.use_set(CardDeedForm().fingerprint.data or "", by=current_actor(), today=_today())
    except DomainError as problem:
        flash(say(problem.message), "wait")
        return redirect(url_for(".sets"))
    return _saved()


@bp.post("/release")
@requires(Permission.SHAPE_QUESTIONS)
def release() -> ResponseReturnValue:
    """Use the cards of this release, or go on with the programme's own after a look at them."""
    if CardDeedForm().do.data == "keep":
        actions.keep_own(by=current_actor())
    else:
        actions.use_release(by=current_actor(), today=_today())
    return _saved()


def wanted_language() -> str:
    """Return the language that the address asks for; what is none is English."""
    language = request.args.get("language", "en")
    return language if language in LANGUAGES else "en"


def _keep(form: WordsForm, card: Card | None, language: str) -> bool:
    """Keep what was entered, or show why not; what somebody changed meanwhile is then what the next save replaces."""
    try:
        entered = form.card(card, language)
        change = partial(rules.with_card, card=entered, seen=(form.seen.data or "") if card else None)
        actions.change_cards(change, by=current_actor(), today=_today())
    except (UnusableCardSet, OutOfDate) as problem:
        fail_where(form, problem)
        if card:
            form.seen.data = rules.revision_of(card)
        return False
    return True


def reading_of(form: WordsForm | StepWordsForm, language: str) -> Text | None:
    """Return how hard the words in a form are to read, or None where there are none."""
    return measure(form.said(), language)


def tell_saved(form: WordsForm | StepWordsForm | None = None, language: str = "en") -> None:
    """Say that it is saved, and how hard it is to read if it has words."""
    flash(_("Saved. Conversations that run now keep the cards that they began with."), "good")
    if form and (text := reading_of(form, language)):
        flash(say(text.told(LANGUAGES[language])), "note")


def _saved(form: WordsForm | None = None, language: str = "en") -> ResponseReturnValue:
    """Go back to the list and say that it is saved."""
    tell_saved(form, language)
    return redirect(url_for(".index"))


def _today() -> date:
    """Return today by the programme's clock."""
    return clock.today(current_settings().time_zone)
