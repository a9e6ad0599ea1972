"""What each role may do, and how we keep data."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from harmreduction.accounts.rules import ROLES
from harmreduction.core.db import Base
from harmreduction.home.privacy import SENSITIVITIES, list_stored
from harmreduction.web.access import public, signed_in

bp = Blueprint("help", __name__)


@bp.get("/help/roles")
@signed_in
def roles() -> ResponseReturnValue:
    """Print every role with all its permissions."""
    return render_template("home/roles.html", roles=ROLES)


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what is stored, how long, and what never is."""
    return render_template("home/privacy.html", stored=list_stored(Base.metadata), sensitivities=SENSITIVITIES)
