"""One's own account: role, sites, passphrase, and where one is signed in."""

from typing import cast

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.accounts import actions, queries
from harmreduction.accounts.browsers import describe_browser
from harmreduction.accounts.forms import ChangePassphraseForm
from harmreduction.accounts.passphrases import WeakPassphrase
from harmreduction.accounts.rules import ROLES, SignedIn, TooManyTries, WrongPassphrase
from harmreduction.accounts.session_cookie import forget_form_tokens, let_in, this_browser
from harmreduction.core import clock
from harmreduction.web.access import current_actor, signed_in

bp = Blueprint("my_account", __name__, url_prefix="/account")


@bp.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """Show who one is here, and where one is signed in."""
    me = _me()
    account = queries.get_own_account(me)
    return render_template(
        "accounts/my_account.html",
        account=account,
        role=ROLES[me.role],
        sites=queries.list_own_sites(me.account_id),
        sessions=queries.list_sessions(account, now=clock.now()),
        this_session_id=me.session_id,
        describe_browser=describe_browser,
    )


@bp.route("/passphrase", methods=["GET", "POST"])
@signed_in
def passphrase() -> ResponseReturnValue:
    """Change one's passphrase; every other session ends."""
    form = ChangePassphraseForm()
    me = _me()
    if form.validate_on_submit():
        try:
            token = actions.change_passphrase(
                form.present_passphrase.data, form.chosen_passphrase.data, by=me, browser=this_browser()
            )
            forget_form_tokens()
            flash(_("Your passphrase is changed. All your other sessions have ended."), "good")
            return let_in(make_response(redirect(url_for(".show"))), token)
        except WeakPassphrase as problem:
            form.fail(problem, form.chosen_passphrase)
        except (WrongPassphrase, TooManyTries) as problem:
            form.fail(problem, form.present_passphrase)
    has_passphrase = queries.get_own_account(me).passphrase_hash is not None
    return render_template("accounts/passphrase.html", form=form, has_passphrase=has_passphrase)


@bp.post("/sessions/<uuid:session_id>/end")
@signed_in
def end_session(session_id: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    actions.end_own_session(str(session_id), by=_me())
    flash(_("That session has ended."), "good")
    return redirect(url_for(".show"))


@bp.post("/sessions/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    actions.end_other_sessions(by=_me())
    flash(_("All your other sessions have ended."), "good")
    return redirect(url_for(".show"))


def _me() -> SignedIn:
    """Return who is signed in."""
    return cast(SignedIn, current_actor())
