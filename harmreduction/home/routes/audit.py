"""Who did what and when, and whether anybody changed that record."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from harmreduction.audit import queries
from harmreduction.audit.rules import Event
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.sites.queries import list_sites
from harmreduction.web.access import requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("audit", __name__)


@bp.get("/audit")
@requires(Permission.READ_AUDIT)
def entries() -> ResponseReturnValue:
    """Show the trail, newest first."""
    number = page_number()
    rows = queries.list_entries(offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template(
        "home/audit.html",
        page=page_of(rows, number),
        events={event.name: event.value for event in Event},
        site_names={site.id: site.name for site in list_sites()},
        time_zone=current_settings().time_zone,
    )


@bp.get("/audit/check")
@requires(Permission.READ_AUDIT)
def check() -> ResponseReturnValue:
    """Walk the whole trail and say whether it still holds together."""
    return render_template(
        "home/audit_check.html",
        broken=queries.find_broken_link(),
        entries=queries.count_entries(),
        last_digest=queries.find_last_digest(),
    )
