"""The team's phones: what each holds, what never came, and an end to the access of a lost one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.accounts.browsers import describe_browser
from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.sync import words
from harmreduction.sync.actions import looking_after
from harmreduction.sync.forms import GapsForm, RenameForm
from harmreduction.sync.queries.phones import count_records, get_phone, list_days, list_phones
from harmreduction.web.access import current_actor, requires

bp = Blueprint("phones", __name__, url_prefix="/phones")


@bp.get("/")
@requires(Permission.LOOK_AFTER_PHONES)
def list_all() -> ResponseReturnValue:
    """Show every phone, those first that need somebody, and last those whose access has ended."""
    now = clock.now()
    phones = sorted(
        list_phones(now=now), key=lambda phone: (not phone.needs_someone, phone.device.revoked_at is not None)
    )
    return render_template(
        "sync/devices.html",
        phones=[phone for phone in phones if not phone.is_put_away],
        put_away=[phone for phone in phones if phone.is_put_away],
        now=now,
        words=words,
        describe_browser=describe_browser,
    )


@bp.get("/<uuid:device_id>")
@requires(Permission.LOOK_AFTER_PHONES)
def show(device_id: UUID) -> ResponseReturnValue:
    """Show one phone."""
    return _page(device_id, None)


@bp.post("/<uuid:device_id>/rename")
@requires(Permission.LOOK_AFTER_PHONES)
def rename(device_id: UUID) -> ResponseReturnValue:
    """Call a phone something else."""
    form = RenameForm()
    if not form.validate_on_submit():
        return _page(device_id, form)
    looking_after.rename_phone(str(device_id), form.label.data, by=current_actor())
    flash(_("Saved."), "good")
    return _back(device_id)


@bp.post("/<uuid:device_id>/end-access")
@requires(Permission.LOOK_AFTER_PHONES)
def end_access(device_id: UUID) -> ResponseReturnValue:
    """Let a phone send nothing more by itself."""
    looking_after.end_access(str(device_id), by=current_actor(), at=clock.now())
    flash(_("Its access has ended. What it sent before stays."), "good")
    return _back(device_id)


@bp.post("/<uuid:device_id>/gaps")
@requires(Permission.LOOK_AFTER_PHONES)
def note_gaps(device_id: UUID) -> ResponseReturnValue:
    """Know that some numbers never came."""
    looking_after.note_gaps(str(device_id), GapsForm().number(), by=current_actor(), at=clock.now())
    flash(_("Noted. If they come after all, they are saved as always."), "good")
    return _back(device_id)


def _page(device_id: UUID, form: RenameForm | None) -> ResponseReturnValue:
    """Draw the page of a phone, with a form that was filled in wrongly or a fresh one."""
    now = clock.now()
    phone = get_phone(str(device_id), now=now)
    return render_template(
        "sync/device.html",
        phone=phone,
        form=form or RenameForm(formdata=None, label=phone.device.label),
        days=list_days(phone.device, now=now, time_zone=current_settings().time_zone),
        record_count=count_records(phone.device),
        now=now,
        words=words,
        describe_browser=describe_browser,
    )


def _back(device_id: UUID) -> Response:
    """Go back to the page of a phone."""
    return redirect(url_for(".show", device_id=device_id))
