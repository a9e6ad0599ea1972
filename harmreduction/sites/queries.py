"""Read sites."""

from collections.abc import Sequence

from sqlalchemy import func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.sites.models import Site


def list_sites(*, only_active: bool = False) -> Sequence[Site]:
    """Return all sites by name."""
    sites = select(Site).order_by(Site.name)
    return db.session.scalars(sites.where(Site.is_active) if only_active else sites).all()


def list_sites_of(actor: Actor) -> Sequence[Site]:
    """Return the open sites that a person works for, by name."""
    return [site for site in list_sites(only_active=True) if actor.works_at(site.id)]


def find_usual_time_zone() -> str | None:
    """Return the time zone of most sites, for the next one."""
    zones = select(Site.time_zone).group_by(Site.time_zone).order_by(func.count().desc(), Site.time_zone)
    return db.session.scalar(zones.limit(1))


def get_site(public_id: str) -> Site:
    """Return a site, for those who manage all of them."""
    site = db.session.scalar(select(Site).where(Site.public_id == public_id))
    if site is None:
        raise NotFound(message("There is no such site."))
    return site


def get_site_of(actor: Actor, public_id: str) -> Site:
    """Return a site that a person works for; another site is as good as none."""
    site = get_site(public_id)
    if not actor.works_at(site.id):
        raise NotFound(message("There is no such site."))
    return site
