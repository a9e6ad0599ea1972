"""The pages of the lists that the programme edits itself: groups, reasons, funding sources and their rules."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.stock.actions import choices as actions
from harmreduction.stock.forms.choices import ChoiceForm, FundingRuleForm, FundingSourceForm, ReasonForm
from harmreduction.stock.models import NOT_SAID, FundingSource
from harmreduction.stock.queries import choices as queries
from harmreduction.stock.queries.funding import rules_in_force
from harmreduction.stock.rules import REASON_USES, ReasonUse
from harmreduction.stock.rules.funding import VERDICTS
from harmreduction.web.access import current_actor, requires

bp = Blueprint("stock_choices", __name__, url_prefix="/stock/lists")


@bp.get("/")
@requires(Permission.MANAGE_CATALOGUE)
def index() -> ResponseReturnValue:
    """Show every list that can be edited."""
    return render_template(
        "stock/choices.html",
        categories=queries.list_all_categories(),
        reasons=queries.list_all_reasons(),
        uses={use.value: text for use, text in REASON_USES.items()},
        sources=queries.list_all_funding_sources(),
    )


@bp.route("/groups/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_category() -> ResponseReturnValue:
    """Add a group of items."""
    form = ChoiceForm()
    return _entry(form, _("New group of items"), lambda: _save_category(form, actions.code_of(form.form_id.data)))


@bp.route("/groups/<group>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit_category(group: str) -> ResponseReturnValue:
    """Change a group of items."""
    form = ChoiceForm(obj=queries.get_category(group))
    return _entry(form, _("Change a group of items"), lambda: _save_category(form, group))


@bp.route("/reasons/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_reason() -> ResponseReturnValue:
    """Add a reason."""
    form = ReasonForm()
    return _entry(form, _("New reason"), lambda: _save_reason(form, form.form_id.data, form.chosen_use()))


@bp.route("/reasons/<uuid:reason_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit_reason(reason_id: str) -> ResponseReturnValue:
    """Change a reason; for what it is given stays."""
    reason = queries.get_reason(str(reason_id))
    form = ChoiceForm(obj=reason)
    return _entry(form, _("Change a reason"), lambda: _save_reason(form, reason.public_id, ReasonUse(reason.use)))


def _entry(form: ChoiceForm, heading: str, save: Callable[[], None]) -> ResponseReturnValue:
    """Show the form of an entry of a list, and save what was entered."""
    if form.validate_on_submit():
        try:
            save()
            return _saved()
        except DomainError as problem:
            form.fail(problem, form.name)
    return render_template("stock/choice.html", form=form, heading=heading)


def _save_category(form: ChoiceForm, code: str) -> None:
    """Save a group of items."""
    actions.save_category(code, form.choice(), by=current_actor())


def _save_reason(form: ChoiceForm, public_id: str, use: ReasonUse) -> None:
    """Save a reason."""
    actions.save_reason(public_id, use, form.choice(), by=current_actor())


@bp.route("/sources/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_source() -> ResponseReturnValue:
    """Add a funding source."""
    form = FundingSourceForm()
    if form.validate_on_submit():
        try:
            source_id = form.form_id.data
            actions.save_funding_source(
                source_id, form.name.data.strip(), is_active=form.is_active.data, by=current_actor()
            )
            flash(_("Saved."), "good")
            return redirect(url_for(".source", source_id=source_id))
        except DomainError as problem:
            form.fail(problem, form.name)
    return render_template("stock/funding_source.html", form=form, source=None, rules=[])


@bp.route("/sources/<uuid:source_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def source(source_id: str) -> ResponseReturnValue:
    """Show and change a funding source and what it may pay for."""
    found = queries.get_funding_source(str(source_id))
    form = FundingSourceForm(obj=found)
    if form.validate_on_submit():
        try:
            actions.save_funding_source(
                found.public_id, form.name.data.strip(), is_active=form.is_active.data, by=current_actor()
            )
            return _saved()
        except DomainError as problem:
            form.fail(problem, form.name)
    return _source_page(found, form, _rule_form(formdata=None))


@bp.post("/sources/<uuid:source_id>/rules")
@requires(Permission.MANAGE_CATALOGUE)
def add_rule(source_id: str) -> ResponseReturnValue:
    """Say what a source may pay for."""
    found = queries.get_funding_source(str(source_id))
    form = _rule_form()
    if form.validate_on_submit():
        actions.add_funding_rule(form.form_id.data, found.public_id, form.entry(), by=current_actor())
        flash(_("Saved."), "good")
        return redirect(url_for(".source", source_id=found.public_id))
    return _source_page(found, FundingSourceForm(formdata=None, obj=found), form)


@bp.post("/rules/<uuid:rule_id>/end")
@requires(Permission.MANAGE_CATALOGUE)
def end_rule(rule_id: str) -> ResponseReturnValue:
    """End a rule today."""
    today = clock.today(current_settings().time_zone)
    source_id = actions.end_funding_rule(str(rule_id), today, by=current_actor())
    flash(_("Saved."), "good")
    return redirect(url_for(".source", source_id=source_id))


def _rule_form(**options: object) -> FundingRuleForm:
    """Return the form of a rule with what it offers."""
    form = FundingRuleForm(**options)
    form.offer(queries.list_all_categories())
    return form


def _source_page(found: FundingSource, form: FundingSourceForm, rule_form: FundingRuleForm) -> str:
    """Show a funding source with its rules."""
    return render_template(
        "stock/funding_source.html",
        form=form,
        rule_form=rule_form,
        source=found,
        rules=queries.list_rules_of(found.id),
        in_force=rules_in_force(found.id, on=clock.today(current_settings().time_zone)),
        is_always_offered=found.id == NOT_SAID,
        verdicts={verdict.value: text for verdict, text in VERDICTS.items()},
        names={category.code: category.name for category in queries.list_all_categories()},
    )


def _saved() -> Response:
    """Say so, and go back to the lists."""
    flash(_("Saved."), "good")
    return redirect(url_for(".index"))
