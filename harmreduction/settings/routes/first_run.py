"""Set up a real programme, once, with the code that `flask hr init` printed."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from harmreduction.accounts.passphrases import WeakPassphrase
from harmreduction.accounts.rules import SignInNameTaken, TooManyTries
from harmreduction.accounts.session_cookie import forget_form_tokens, let_in, this_browser
from harmreduction.core.permissions import Permission
from harmreduction.settings import actions, queries
from harmreduction.settings.forms import FirstRunForm
from harmreduction.settings.rules import CannotStart
from harmreduction.sites.rules import SiteNameTaken
from harmreduction.web.access import public, requires
from harmreduction.web.time_zones import time_zones

bp = Blueprint("first_run", __name__, url_prefix="/first-run")


@bp.route("", methods=["GET", "POST"])
@public
def start() -> ResponseReturnValue:
    """Ask for what a new programme begins with, and set it up in one go."""
    if not queries.awaits_first_run():
        return redirect(url_for("sign_in.ask"))
    form = FirstRunForm(time_zone=queries.current_settings().time_zone)
    status = 200
    if form.validate_on_submit():
        try:
            token = actions.start_programme(form.first_run(), browser=this_browser())
            forget_form_tokens()
            return let_in(make_response(redirect(url_for(".started"))), token)
        except (CannotStart, TooManyTries) as problem:
            form.fail(problem, form.code)
            status = 429 if isinstance(problem, TooManyTries) else 200
        except SiteNameTaken as problem:
            form.fail(problem, form.site_name)
        except SignInNameTaken as problem:
            form.fail(problem, form.sign_in_name)
        except WeakPassphrase as problem:
            form.fail(problem, form.chosen_passphrase)
    return render_template("settings/first_run.html", form=form, time_zones=time_zones()), status


@bp.get("/next")
@requires(Permission.MANAGE_ACCOUNTS)
def started() -> ResponseReturnValue:
    """Say what to do next."""
    return render_template("settings/started.html")
