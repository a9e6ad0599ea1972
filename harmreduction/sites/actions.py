"""Open, change and close the places where a programme works."""

from dataclasses import dataclass

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.sites.models import Site
from harmreduction.sites.queries import get_site
from harmreduction.sites.rules import SiteKind, SiteNameTaken


@dataclass(frozen=True, kw_only=True)
class SiteChange:
    """A site as the team knows it; time_zone is an IANA name."""

    name: str
    kind: SiteKind
    time_zone: str


def open_site(change: SiteChange, *, by: Actor) -> Site:
    """Open a site; raises SiteNameTaken."""
    with transaction():
        _keep_names_apart(change.name, except_id=None)
        site = Site(name=change.name, kind=change.kind.value, time_zone=change.time_zone)
        db.session.add(site)
        db.session.flush()
        record(Event.SITE_CHANGED, by=by, subject=site.public_id, site_id=site.id)
        return site


def change_site(public_id: str, change: SiteChange, *, by: Actor) -> None:
    """Change a site; what was logged there stays what it was. Raises SiteNameTaken."""
    with transaction():
        site = get_site(public_id)
        _keep_names_apart(change.name, except_id=site.id)
        site.name, site.kind, site.time_zone = change.name, change.kind.value, change.time_zone
        record(Event.SITE_CHANGED, by=by, subject=public_id, site_id=site.id)


def close_site(public_id: str, *, by: Actor) -> None:
    """Take a site off the lists people choose from; its history stays."""
    _set_active(public_id, False, by=by)


def reopen_site(public_id: str, *, by: Actor) -> None:
    """Put a closed site back on the lists."""
    _set_active(public_id, True, by=by)


def _set_active(public_id: str, is_active: bool, *, by: Actor) -> None:
    """Close or reopen a site."""
    with transaction():
        site = get_site(public_id)
        site.is_active = is_active
        record(Event.SITE_CHANGED, by=by, subject=public_id, site_id=site.id)


def _keep_names_apart(name: str, *, except_id: int | None) -> None:
    """Raise SiteNameTaken if another site is called that."""
    namesake = db.session.scalar(select(Site.id).where(Site.name == name))
    if namesake is not None and namesake != except_id:
        raise SiteNameTaken(message("Another site has this name. Choose one that the team can tell apart."))
