"""What each role may do, how we keep data, and what it can reveal."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from harmreduction.accounts.rules import ROLES
from harmreduction.core.db import Base
from harmreduction.core.encrypted_sqlite import is_encrypting
from harmreduction.core.permissions import Permission
from harmreduction.home import holdings, reveal
from harmreduction.home.facts import FACTS, NOWHERE
from harmreduction.home.privacy import SENSITIVITIES, list_stored
from harmreduction.participants.queries.codes import has_recipe_codes
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import actor_or_none, public, signed_in

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
    return render_template(
        "home/privacy.html",
        stored=list_stored(Base.metadata),
        sensitivities=SENSITIVITIES,
        keep_months=current_settings().keep_months,
    )


@bp.get("/privacy/reveal")
@public
def what_it_reveals() -> ResponseReturnValue:
    """Say what a search, a court order or a theft could get; how many rows there are is for those who read the trail.

    Anybody who looks again and again would see by the numbers when somebody comes.
    """
    actor = actor_or_none()
    counts = actor is not None and actor.may(Permission.READ_AUDIT)
    return render_template(
        "home/reveal.html",
        losses=reveal.losses(_situation()),
        facts=FACTS,
        holdings={name: holdings.list_holdings(Base.metadata, name, counts=counts) for name in FACTS},
        roles={role: (description, reveal.facts_of(description)) for role, description in ROLES.items()},
        nowhere=NOWHERE,
        could_name=sorted(holdings.columns_that_could_name(Base.metadata)),
        not_promised=reveal.NOT_PROMISED,
        keep_months=current_settings().keep_months,
        rolled_up=holdings.last_rolled_up(Base.metadata),
        counts=counts,
    )


def _situation() -> reveal.Situation:
    """Return how the system runs now."""
    config = current_app.config["HR"]
    decided = current_settings()
    return reveal.Situation(
        is_encrypted=config.database_url is None and is_encrypting(),
        is_on_server_database=config.database_url is not None,
        are_keys_beside=config.are_keys_beside,
        uses_recipe_codes=decided.uses_recipe_codes or has_recipe_codes(),
        lookups_per_hour=decided.lookups_per_hour,
        keep_months=decided.keep_months,
    )
