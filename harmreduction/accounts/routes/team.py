"""The team: who is in it, what each may do and where, and where they are signed in."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.accounts import actions, queries
from harmreduction.accounts.browsers import describe_browser
from harmreduction.accounts.forms import InviteForm, MemberForm
from harmreduction.accounts.models import Account
from harmreduction.accounts.rules import (
    INVITATION_LASTS,
    ROLES,
    LastAdministrator,
    Role,
    SignInNameTaken,
    UnusableSignInName,
)
from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.sites import queries as sites
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation

bp = Blueprint("team", __name__, url_prefix="/team")

ROLE_NAMES = {role.value: description.name for role, description in ROLES.items()}


@bp.get("/")
@requires(Permission.MANAGE_ACCOUNTS)
def people() -> ResponseReturnValue:
    """Show the team."""
    return render_template("accounts/team.html", members=queries.list_members(), role_names=ROLE_NAMES)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def invite() -> ResponseReturnValue:
    """Invite somebody, and show once the link by which they start."""
    form, open_sites = InviteForm(), sites.list_sites(only_active=True)
    form.offer(open_sites)
    if form.validate_on_submit():
        try:
            account, token = actions.invite(
                sign_in_name=form.sign_in_name.data,
                label=form.label.data.strip(),
                role=form.chosen_role(),
                site_ids=form.chosen_sites(open_sites),
                by=current_actor(),
            )
            return _show_link(account, token)
        except (SignInNameTaken, UnusableSignInName) as problem:
            form.fail(problem, form.sign_in_name)
    return render_template("accounts/invite.html", form=form, roles=ROLES)


@bp.route("/<uuid:account_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def member(account_id: str) -> ResponseReturnValue:
    """Show a member of the team, and change what they do and where."""
    account, all_sites = queries.get_account(str(account_id)), sites.list_sites()
    own = queries.list_own_sites(account.id)
    form = MemberForm(label=account.label, role=account.role, sites=[site.public_id for site in own])
    form.offer([site for site in all_sites if site.is_active or site in own])
    if form.validate_on_submit():
        try:
            actions.change_member(
                account.public_id,
                label=form.label.data.strip(),
                role=form.chosen_role(),
                site_ids=form.chosen_sites(all_sites),
                by=current_actor(),
            )
            flash(_("Saved."), "good")
            return redirect(url_for(".member", account_id=account_id))
        except LastAdministrator as problem:
            form.fail(problem, form.role)
    return _member_page(account, form)


@bp.post("/<uuid:account_id>/link")
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def new_link(account_id: str) -> ResponseReturnValue:
    """Show once a link by which somebody chooses a new passphrase."""
    return _show_link(*actions.send_new_link(str(account_id), by=current_actor()))


@bp.post("/<uuid:account_id>/end-access")
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def end_access(account_id: str) -> ResponseReturnValue:
    """End somebody's access at once."""
    actions.end_access(str(account_id), by=current_actor())
    flash(_("Access ended. Every session of this person has ended too."), "good")
    return redirect(url_for(".people"))


@bp.post("/<uuid:account_id>/restore-access")
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def restore_access(account_id: str) -> ResponseReturnValue:
    """Give somebody their access back."""
    actions.restore_access(str(account_id), by=current_actor())
    flash(_("This person can sign in again."), "good")
    return redirect(url_for(".member", account_id=account_id))


@bp.post("/<uuid:account_id>/sessions/end")
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def end_sessions(account_id: str) -> ResponseReturnValue:
    """End every session of somebody, for instance after a phone was lost."""
    actions.end_sessions_of(str(account_id), by=current_actor())
    flash(_("Every session of this person has ended."), "good")
    return redirect(url_for(".member", account_id=account_id))


@bp.post("/<uuid:account_id>/sessions/<uuid:session_id>/end")
@requires(Permission.MANAGE_ACCOUNTS)
@needs_confirmation
def end_session(account_id: str, session_id: str) -> ResponseReturnValue:
    """End one session of somebody."""
    actions.end_session_of(str(account_id), str(session_id), by=current_actor())
    flash(_("That session has ended."), "good")
    return redirect(url_for(".member", account_id=account_id))


def _show_link(account: Account, token: str) -> ResponseReturnValue:
    """Show the link of an invitation; it is stored nowhere and cannot be shown again."""
    return render_template(
        "accounts/link_made.html",
        account=account,
        link=url_for("sign_in.by_link", token=token, _external=True),
        hours=INVITATION_LASTS // timedelta(hours=1),
    )


def _member_page(account: Account, form: MemberForm) -> ResponseReturnValue:
    """Show a member of the team."""
    return render_template(
        "accounts/member.html",
        account=account,
        role=ROLES[Role(account.role)],
        form=form,
        sessions=queries.list_sessions(account, now=clock.now()),
        describe_browser=describe_browser,
    )
