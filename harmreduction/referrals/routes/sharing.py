"""Share a referral with a partner as agreed, end that, and the one page that a partner sees."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.referrals import actions, queries
from harmreduction.referrals.forms import PartnerForm, ShareForm
from harmreduction.referrals.routes.pages import open_referral, show_problem
from harmreduction.referrals.rules.following import CannotRefer
from harmreduction.referrals.rules.kinds import CHANNELS
from harmreduction.referrals.rules.sharing import CURRENT_WORDING, SHARED_FOR, WORDINGS, SharingEnded
from harmreduction.referrals.words import need_name
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, public, requires
from harmreduction.web.i18n import say

bp = Blueprint("referral_sharing", __name__)


@bp.route("/referrals/<uuid:referral_id>/share", methods=["GET", "POST"])
@requires(Permission.MAKE_REFERRALS)
def share(referral_id: UUID) -> ResponseReturnValue:
    """Read the words aloud, write down what was agreed to, and show the partner's link this once."""
    referral = open_referral(referral_id)
    target, today = queries.target_of(referral), clock.today(current_settings().time_zone)
    form = ShareForm(
        shared_with=(target.organization_name or target.name) if target else "", ends_on=today + SHARED_FOR
    )
    if form.validate_on_submit():
        try:
            agreement = form.agreement(today=today)
            token = actions.share_referral(referral.public_id, agreement, by=current_actor(), at=clock.now())
            link = url_for(".partner", partner_token=token, _external=True)
            return render_template("referrals/shared.html", referral=referral, link=link, agreement=agreement)
        except CannotRefer as problem:
            show_problem(form, problem)
    return render_template("referrals/share.html", form=form, referral=referral, words=WORDINGS[CURRENT_WORDING])


@bp.post("/referrals/<uuid:referral_id>/sharing/<uuid:consent_id>/end")
@requires(Permission.MAKE_REFERRALS)
def end(referral_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """Take an agreement back at once."""
    actions.end_sharing(str(referral_id), str(consent_id), by=current_actor(), at=clock.now())
    flash(_("Ended. The link does not work any more."), "good")
    return redirect(url_for("referral.show", referral_id=referral_id))


@bp.route("/partner/<partner_token>", methods=["GET", "POST"])
@public
def partner(partner_token: str) -> ResponseReturnValue:
    """Show a partner the one referral that was shared with them, and let them answer."""
    form = PartnerForm()
    try:
        if form.validate_on_submit() and (thanks := _take_answer(form, partner_token)):
            return thanks
        shared = actions.open_link(partner_token, at=clock.now())
    except SharingEnded as problem:
        return render_template("referrals/sharing_ended.html", sentence=say(problem.message)), 410
    return render_template(
        "referrals/partner.html",
        form=form,
        shared=shared,
        token=partner_token,
        given_on=clock.today(current_settings().time_zone, shared.agreed_at),
        need_name=need_name,
        reach_by=CHANNELS[shared.reach_by] if shared.reach_by else None,
    )


def _take_answer(form: PartnerForm, token: str) -> ResponseReturnValue | None:
    """Save what a partner says and thank them, or return None where it could not be saved."""
    zone = current_settings().time_zone
    try:
        step = form.step(today=clock.today(zone), time_zone=zone)
        goes_on = actions.answer_as_partner(token, step, at=clock.now())
    except CannotRefer as problem:
        show_problem(form, problem)
        return None
    if not goes_on:
        return render_template("referrals/answered.html")  # the link has ended with the referral
    flash(_("Thank you. The programme sees this now."), "good")
    return redirect(url_for(".partner", partner_token=token))
