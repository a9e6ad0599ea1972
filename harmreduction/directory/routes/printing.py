"""Paper: a slip for one service, the list of an area, a poster."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.qr import qr_code
from harmreduction.directory.area_page import page_of_area
from harmreduction.directory.forms.finder import AreaForm
from harmreduction.directory.queries import get_service_view
from harmreduction.directory.queries.areas import list_area
from harmreduction.directory.queries.hotlines import list_hotlines
from harmreduction.directory.routes.gate import open_directory
from harmreduction.directory.rules.links import opens_here_alone
from harmreduction.directory.rules.terms import TermGroup
from harmreduction.directory.service_page import page_of_service
from harmreduction.directory.where import Where, place_asked
from harmreduction.settings.queries import current_settings

bp = Blueprint("printing", __name__, url_prefix="/find")


@bp.get("/<uuid:service_id>/slip")
@open_directory
def slip(service_id: UUID) -> ResponseReturnValue:
    """Show one service as a slip to print; on paper everybody may read it, so a confidential address is left out."""
    at = clock.now()
    view = get_service_view(str(service_id), for_staff=False, at=at)
    if view.merged_into:
        return redirect(url_for(".slip", service_id=view.merged_into))
    address = url_for("service.show", service_id=view.hsds_id, _external=True)
    return render_template(
        "directory/slip.html",
        service=page_of_service(view, at=at),
        address=address,
        is_local=opens_here_alone(address),
        qr=qr_code(address),
        today=clock.today(current_settings().time_zone, at),
    )


@bp.get("/area")
@open_directory
def area() -> ResponseReturnValue:
    """Show every service around a place, to print or to keep for when there is no connection."""
    form, where = _asked()
    at = clock.now()
    found = list_area(form.question(where, within_km=float(form.km.data)), at=at) if where.point is not None else None
    return render_template(
        "directory/area.html",
        form=form,
        groups={TermGroup.OFFER: _("What do you need?")},
        where=where,
        area=page_of_area(found, country=where.country, at=at) if found is not None else None,
        hotlines=list_hotlines(),
        at=at,
        time_zone=current_settings().time_zone,
        can_be_kept=current_settings().is_directory_public,
        poster_url=url_for(".poster", place=where.key or None, offers=form.offers.data),
    )


@bp.get("/area/poster")
@open_directory
def poster() -> ResponseReturnValue:
    """Show a poster that leads to what is open around a place."""
    form, where = _asked()
    address = url_for("finder.search", place=where.key or None, _external=True)
    scanned = url_for("finder.search", place=where.key or None, open=1, offers=form.offers.data, _external=True)
    return render_template(
        "directory/poster.html",
        form=form,
        where=where,
        address=address,
        is_local=opens_here_alone(address),
        qr=qr_code(scanned),
        hotlines=list_hotlines()[:3],
    )


def _asked() -> tuple[AreaForm, Where]:
    """Return what the address asks for, and the place that it names."""
    form = AreaForm(request.args)
    form.offer(())
    where = place_asked(request.args.get("where"), form.place.data or "", current_settings().home_place)
    form.around(where)
    form.offer_reaches(where.country)
    return form, where
