"""Prove once more that it is really you; see `web/confirm.py`."""

from typing import cast

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.accounts import actions, queries
from harmreduction.accounts.forms import ConfirmForm
from harmreduction.accounts.rules import SignedIn, TooManyTries, WrongPassphrase
from harmreduction.web.access import current_actor, signed_in
from harmreduction.web.kept import Kept, offer_to_send_again, sent_too_late
from harmreduction.web.same_site import same_site_path

bp = Blueprint("confirm", __name__)


@bp.route("/confirm", methods=["GET", "POST"])
@signed_in
def ask() -> ResponseReturnValue:
    """Ask for the passphrase, then go on; a form that was sent to another page comes back with it."""
    me = cast(SignedIn, current_actor())
    if request.endpoint != f"{bp.name}.ask":
        kept = sent_too_late()
        return _page(ConfirmForm(formdata=None, kept=kept.packed() if kept else ""), me, 401)
    form = ConfirmForm(next=request.args.get("next"))
    status = 200
    if form.validate_on_submit():
        try:
            actions.confirm(form.passphrase.data, by=me)
            kept = Kept.unpacked(form.kept.data)
            return offer_to_send_again(kept) if kept else redirect(same_site_path(form.next.data))
        except (WrongPassphrase, TooManyTries) as problem:
            form.fail(problem, form.passphrase)
            status = 429 if isinstance(problem, TooManyTries) else 200
    return _page(form, me, status)


def _page(form: ConfirmForm, me: SignedIn, status: int) -> ResponseReturnValue:
    """Show the question; somebody without a passphrase is told how else to prove it."""
    has_passphrase = queries.get_own_account(me).passphrase_hash is not None
    return render_template("accounts/confirm.html", form=form, has_passphrase=has_passphrase), status
