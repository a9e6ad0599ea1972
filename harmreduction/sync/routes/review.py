"""What phones sent and could not be saved by itself: why, and what a lead makes of it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.sync import content_words, words
from harmreduction.sync.actions import reviewing
from harmreduction.sync.forms import ChangesForm, SetAsideForm
from harmreduction.sync.queries.contents import list_offered
from harmreduction.sync.queries.review import count_for_review, get_for_review, get_variant, list_for_review
from harmreduction.sync.routes.record_page import ReviewPage, changes_form, changes_of, page_of_record
from harmreduction.sync.rules.review import WHAT_TO_DO
from harmreduction.sync.rules.statuses import Status
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("phone_review", __name__, url_prefix="/phones/review")


@bp.get("/")
@requires(Permission.REVIEW_FIELD_RECORDS)
def list_all() -> ResponseReturnValue:
    """Show what waits, the oldest first, each with why."""
    number, now = page_number(), clock.now()
    rows = list_for_review(now=now, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template(
        "sync/review.html",
        page=page_of(rows, number),
        count=count_for_review(now=now),
        words=words,
        kind_words=content_words.kind_words,
        what_to_do=WHAT_TO_DO,
    )


@bp.get("/<uuid:record_id>")
@requires(Permission.REVIEW_FIELD_RECORDS)
def show(record_id: UUID) -> ResponseReturnValue:
    """Show what one record tells, why it waits, and what can be done."""
    reviewing.look_at(str(record_id), by=current_actor())
    return _page(page_of_record(str(record_id)), None, SetAsideForm(formdata=None))


@bp.post("/<uuid:record_id>/again")
@requires(Permission.REVIEW_FIELD_RECORDS)
def try_again(record_id: UUID) -> ResponseReturnValue:
    """Try to save a record as it is."""
    status = reviewing.try_again(str(record_id), by=current_actor(), at=clock.now())
    return _after(record_id, status)


@bp.post("/<uuid:record_id>/save")
@requires(Permission.REVIEW_FIELD_RECORDS)
def save(record_id: UUID) -> ResponseReturnValue:
    """Save a record as the lead says."""
    page, form = page_of_record(str(record_id)), ChangesForm()
    form.offer(list_offered())
    if not form.validate_on_submit():
        return _page(page, form, SetAsideForm(formdata=None))
    try:
        status = reviewing.save_with(str(record_id), changes_of(page, form), by=current_actor(), at=clock.now())
    except DomainError as problem:
        form.fail(problem)
        return _page(page_of_record(str(record_id)), form, SetAsideForm(formdata=None))
    return _after(record_id, status)


@bp.post("/<uuid:record_id>/aside")
@requires(Permission.REVIEW_FIELD_RECORDS)
def set_aside(record_id: UUID) -> ResponseReturnValue:
    """Never save a record, and say why."""
    get_for_review(str(record_id))
    form = SetAsideForm()
    if not form.validate_on_submit():
        return _page(page_of_record(str(record_id)), None, form)
    reviewing.set_aside(str(record_id), form.chosen(), by=current_actor(), at=clock.now())
    flash(_("Set aside. What it told is erased, and no phone brings it back."), "good")
    return redirect(url_for(".list_all"))


@bp.post("/<uuid:record_id>/others/<uuid:variant_id>")
@requires(Permission.REVIEW_FIELD_RECORDS)
def decide(record_id: UUID, variant_id: UUID) -> ResponseReturnValue:
    """Say which of two contents under one id is right: the first, both, or the other one."""
    get_variant(str(record_id), str(variant_id))
    decision = reviewing.DECISIONS.get(request.form.get("right", ""))
    if decision is None:
        flash(_("Nothing was saved. Choose which one is right."), "wait")
        return redirect(url_for(".show", record_id=record_id))
    try:
        saved_as = decision(str(record_id), str(variant_id), by=current_actor(), at=clock.now())
    except DomainError as problem:
        flash(say(problem.message), "stop")
        return redirect(url_for(".show", record_id=record_id))
    if saved_as is not None:
        return _after(UUID(saved_as), None)
    flash(_("The first one stands. The other one is erased."), "good")
    return redirect(url_for(".list_all"))


def _after(record_id: UUID, status: Status | None) -> Response:
    """Say what a record is now, and go on to the next one, or stay where it still waits."""
    status = status or Status(get_for_review(str(record_id)).record.status)
    if status in {Status.APPLIED, Status.UNDONE}:
        flash(_("Saved."), "good")
        return redirect(url_for(".list_all"))
    flash(_("It still could not be saved. The reason is below."), "wait")
    return redirect(url_for(".show", record_id=record_id))


def _page(page: ReviewPage, form: ChangesForm | None, aside: SetAsideForm) -> ResponseReturnValue:
    """Draw the page of a record, with a form that was filled in wrongly or a fresh one."""
    return render_template(
        "sync/record.html",
        page=page,
        form=form or changes_form(page),
        aside=aside,
        words=words,
        kind_words=content_words.kind_words,
    )
