"""Where can I go now: search by place or position, and what was found."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.directory.forms.finder import Asked, FinderForm, NearForm
from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.queries import FoundPage, find_services
from harmreduction.directory.queries.areas import list_languages
from harmreduction.directory.queries.beside import find_hidden, find_not_open
from harmreduction.directory.queries.hotlines import list_hotlines
from harmreduction.directory.results import result_of
from harmreduction.directory.routes.gate import open_directory
from harmreduction.directory.routes.ways import way_to
from harmreduction.directory.rules.distances import Distance, counts_in_miles
from harmreduction.directory.rules.finder import PER_PAGE, Question
from harmreduction.directory.rules.links import call_link, safe_url, text_link
from harmreduction.directory.rules.terms import BY_CODE, TermGroup
from harmreduction.directory.where import Where, here, place_asked
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import actor_or_none
from harmreduction.web.paging import Page

bp = Blueprint("finder", __name__, url_prefix="/find")
for link in (call_link, text_link, safe_url):
    bp.add_app_template_filter(link)

ONE_TAP = ("naloxone", "syringes", "drug_checking", "testing")  # what people ask for most, open now
QUESTIONS = {"where", "place", "words", "open", "offers", "lang"}
LAST_PAGE = 500
NEVER_USE_ALONE = "never_use_alone"


@bp.get("/")
@open_directory
def search() -> ResponseReturnValue:
    """Show the first screen, or what was found."""
    form = FinderForm(request.args)
    form.offer(list_languages())
    typed = request.args.get("where")
    where = place_asked(typed, form.place.data or "", current_settings().home_place)
    if not QUESTIONS & request.args.keys():
        return _first_screen(form, where)
    return _found(form, where, page=request.args.get("page", 1, type=int))


@bp.post("/near")
@open_directory
def near() -> ResponseReturnValue:
    """Show what is near the phone; the position is used for this answer and kept nowhere."""
    form = NearForm()
    form.offer(list_languages())
    point = form.point()
    if form.where.data or point is None:
        return redirect(url_for(".search", where=form.where.data or "", **form.in_address()))
    return _found(form, here(point), page=request.form.get("page", 1, type=int))


@bp.get("/near")
@open_directory
def near_again() -> ResponseReturnValue:
    """Go to the first screen: an answer about a position cannot be opened by its address."""
    return redirect(url_for(".search"))


@bp.get("/places")
@open_directory
def places() -> ResponseReturnValue:
    """Suggest places whose name begins with what is being typed."""
    typed = request.args.get("q", "").strip()[:80]
    found = gazetteer().suggest(typed) if typed else []
    return [{"key": place.key, "label": place.label} for place in found]


def _first_screen(form: FinderForm, where: Where) -> str:
    """Return what people most often need as one tap each, before anything is typed."""
    form.around(where)
    return render_template(
        "directory/finder.html",
        form=form,
        where=where,
        page=None,
        one_tap=[
            (BY_CODE[code].name, code, url_for(".search", place=where.key or None, open=1, offers=code))
            for code in ONE_TAP
        ],
        **_frame(form, where),
    )


def _found(form: Asked, where: Where, *, page: int) -> str:
    """Return what was found, a page of it."""
    at, number = clock.now(), min(max(page, 1), LAST_PAGE)
    form.around(where)
    way = form.way(where)
    question = form.question(where, within_km=form.reach(where))
    found = FoundPage()
    if not where.is_unknown:
        found = find_services(question, at=at, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    results = [result_of(one, country=where.country, at=at) for one in found.found]
    return render_template(
        "directory/finder.html",
        form=form,
        where=where,
        page=Page(results, number, found.has_more),
        total=found.total,
        way=None if way is None else Distance(amount=way, is_in_miles=counts_in_miles(where.country)),
        **(_beside(question, where, at) if number == 1 else {}),
        **_frame(form, where),
    )


def _beside(question: Question, where: Where, at: datetime) -> dict[str, Any]:
    """Return what stands under the nearest: near ones that may be closed, and those that hide where they are."""
    if where.point is None:
        return {}
    told = partial(result_of, country=where.country, at=at)
    return {
        "not_open": [told(one) for one in find_not_open(question, at=at)] if question.is_open_now else [],
        "hidden": [told(one) for one in find_hidden(question, at=at)],
    }


def _frame(form: Asked, where: Where) -> dict[str, Any]:
    """Return what stands around both: filters, and ways to the same services on a map or on paper."""
    asked = form.in_address() | {"place": where.key or None}
    wanted = {name: asked[name] for name in ("place", "offers")}
    return {
        "groups": {TermGroup.OFFER: _("What do you need?"), TermGroup.ACCESS: _("How should it be?")},
        "asked": asked,
        "map_url": way_to("map.show", **asked),
        "area_url": url_for("printing.area", **wanted),
        "alone_lines": [line for line in list_hotlines() if line.kind == NEVER_USE_ALONE],
        "hotlines_url": way_to("hotlines.read"),
        "suggest_url": way_to("review.suggest_new"),
        "is_staff": actor_or_none() is not None,
    }
