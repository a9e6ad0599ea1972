"""Where conversations start: begin one, go on with one, and see what is due."""

from collections.abc import Iterator

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments.drafts import list_drafts
from harmreduction.assessments.queries.loops import list_open
from harmreduction.assessments.queries.reviews import list_reviews_due
from harmreduction.assessments.rules.loops import LOOP_KINDS
from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.referrals.words import need_name
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("conversations", __name__, url_prefix="/conversations")

MOST_SHOWN = 10


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
def start() -> ResponseReturnValue:
    """Show the way into a conversation, those that run, and what is due today."""
    actor, zone = current_actor(), current_settings().time_zone
    today = clock.today(zone)
    return render_template(
        "assessments/start.html",
        drafts=list_drafts(actor),
        time_zone=zone,
        loops=list_open(actor, today=today, until=today, limit=MOST_SHOWN),
        reviews=list_reviews_due(actor, today),
        other_ways=list(_other_ways()),
        today=today,
        kinds=LOOP_KINDS,
        need_name=need_name,
    )


def _other_ways() -> Iterator[tuple[str, str, str]]:
    """Yield (address, symbol, name) of what else there is for this person."""
    if current_actor().may(Permission.USE_INSTRUMENTS):
        yield url_for("instruments.index"), "chart", _("Clinical instruments")
    yield url_for("conversation_reflections.reflect"), "star", _("Look back at a conversation")
