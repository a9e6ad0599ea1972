"""Sign in by passphrase or by a link, sign out, and come back to what one was doing."""

from typing import cast

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.accounts import actions, queries
from harmreduction.accounts.forms import LinkForm, NewPassphraseForm, SignInForm
from harmreduction.accounts.passphrases import WeakPassphrase
from harmreduction.accounts.rules import ROLES, LinkEnded, SignedIn, TooManyTries, WrongPassphrase
from harmreduction.accounts.session_cookie import (
    forget_form_tokens,
    let_in,
    let_out,
    sent_token,
    this_browser,
)
from harmreduction.core import clock
from harmreduction.web.access import SAFE_METHODS, actor_or_none, public
from harmreduction.web.i18n import say
from harmreduction.web.kept import Kept, offer_to_send_again, sent_too_late
from harmreduction.web.same_site import same_site_path

bp = Blueprint("sign_in", __name__)


def ask_to_sign_in() -> ResponseReturnValue:
    """Answer somebody who has to sign in first: a page comes back to them, and so does what they sent.

    What a program sent it keeps by itself, so it gets an answer that it can read.
    """
    if request.method in SAFE_METHODS:
        return redirect(url_for("sign_in.ask", next=request.full_path.rstrip("?")))
    if request.is_json:
        return {"ok": False, "why": "sign_in"}, 401
    kept = sent_too_late()
    form = SignInForm(formdata=None, kept=kept.packed() if kept else "")
    return _sign_in_page(form, 401, had_sent=True)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Sign in by name and passphrase."""
    form = SignInForm(next=request.args.get("next"))
    if request.method == "GET" and actor_or_none():
        return redirect(same_site_path(form.next.data))
    status = 200
    if form.validate_on_submit():
        try:
            token = actions.sign_in(form.sign_in_name.data, form.passphrase.data, browser=this_browser())
            return _enter(token, same_site_path(form.next.data), Kept.unpacked(form.kept.data))
        except (WrongPassphrase, TooManyTries) as problem:
            form.fail(problem, form.passphrase)
            status = 429 if isinstance(problem, TooManyTries) else 200
    return _sign_in_page(form, status)


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
def by_link(token: str) -> ResponseReturnValue:
    """Sign in by a link that works once; opening it uses nothing up, pressing the button does."""
    try:
        link = queries.get_open_link(token, now=clock.now())
        form = NewPassphraseForm() if link.asks_for_passphrase else LinkForm()
        if form.validate_on_submit():
            chosen = form.chosen_passphrase.data if link.asks_for_passphrase else None
            return _enter(actions.use_link(token, passphrase=chosen, browser=this_browser()), "/", None)
    except WeakPassphrase as problem:
        form.fail(problem, form.chosen_passphrase)
    except LinkEnded as problem:
        return render_template("accounts/link_ended.html", sentence=say(problem.message)), 410
    return render_template("accounts/link.html", form=form, link=link, token=token, role=ROLES[link.role])


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign out; whoever is signed out already just sees it said."""
    if actor_or_none():
        actions.sign_out(by=_me())
    forget_form_tokens()
    flash(_("You are signed out."), "good")
    return let_out(make_response(redirect(url_for(".ask"))))


def _enter(token: str, path: str, kept: Kept | None) -> ResponseReturnValue:
    """Let somebody in who proved who they are; an earlier session in this browser ends."""
    if actor_or_none():
        actions.sign_out(by=_me())
    forget_form_tokens()
    if kept is None:
        return let_in(make_response(redirect(path)), token)
    live = queries.find_live_session(token, now=clock.now())
    if live is None or not kept.is_for(live.person.public_id):
        flash(_("What was entered here before you signed in belongs to another person. It was not sent."), "wait")
        return let_in(make_response(redirect(path)), token)
    g.actor = live.person
    return let_in(make_response(offer_to_send_again(kept)), token)


def _sign_in_page(form: SignInForm, status: int, *, had_sent: bool = False) -> ResponseReturnValue:
    """Show the sign-in page."""
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        kept=Kept.unpacked(form.kept.data),
        had_sent=had_sent,
        has_ended=bool(sent_token()) and not form.is_submitted(),
        is_new=not queries.count_accounts(),
    )
    return page, status


def _me() -> SignedIn:
    """Return who is signed in."""
    return cast(SignedIn, g.actor)
