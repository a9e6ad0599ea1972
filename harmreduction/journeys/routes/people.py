"""The list of participants, for those who may list them; it shows no code, because there is none to show."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from harmreduction.core.permissions import Permission
from harmreduction.journeys.queries.listing import list_participants_of
from harmreduction.participants.actions.people import note_listed
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("people", __name__, url_prefix="/participants")


@bp.get("/")
@requires(Permission.LIST_PARTICIPANTS)
def list_all() -> ResponseReturnValue:
    """List the participants of a person's sites, who came last first; looking through them is written down."""
    number = page_number()
    rows = list_participants_of(current_actor(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    note_listed(by=current_actor())
    first = (number - 1) * PER_PAGE + 1
    return render_template(
        "journeys/list.html", page=page_of(rows, number), first=first, time_zone=current_settings().time_zone
    )
