"""What travels to a phone: the pages and modules it opens by itself, the key to seal with, the lists of today."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from harmreduction.accounts.session_cookie import this_browser
from harmreduction.core import clock, sealed_box
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import UsualHandout
from harmreduction.encounters.queries import list_usual_handouts
from harmreduction.encounters.queries.naloxone import list_naloxone
from harmreduction.stock import queries as stock
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import ReasonUse
from harmreduction.sync.actions.devices import NeedsNewKey, NotAKey, Ready, SetUp, set_up
from harmreduction.sync.device_cookie import give_token
from harmreduction.sync.ended_access import refused_on_ended_phone
from harmreduction.sync.queries.kit import FieldPlace, list_field_places, lists_for
from harmreduction.sync.queries.recalls import told_at_places
from harmreduction.sync.shell import ShellParts, page_headers, render_app
from harmreduction.web.access import current_actor, requires
from harmreduction.web.extensions import csrf
from harmreduction.web.i18n import LANGUAGES, say
from harmreduction.web.pressing import pressed_once

bp = Blueprint("field_kit", __name__)
csrf.exempt(bp)  # a token would grow old on the phone; the house refuses what other websites send

MOST = 1_000_000_000  # records of one phone


@bp.post("/field/kit")
@requires(Permission.LOG_DISTRIBUTIONS)
def kit() -> ResponseReturnValue:
    """Set a phone up, and send what it keeps; what it holds already is left out."""
    sent = request.get_json(silent=True)
    asked = sent if isinstance(sent, dict) else {}
    phone = _phone(asked)
    refused = refused_on_ended_phone(phone.public_key)
    if refused is not None:
        return refused
    try:
        ready = set_up(phone, by=current_actor(), at=clock.now())
    except NeedsNewKey as problem:
        return jsonify(ok=False, why="new_key", sentence=say(problem.message)), 409
    except NotAKey as problem:
        return jsonify(ok=False, why="not_a_key", sentence=say(problem.message)), 400
    answer = give_token(jsonify(_kit(asked, ready)), ready.token)
    return answer if _is_whole(asked) else pressed_once(answer)


def _phone(asked: dict[str, Any]) -> SetUp:
    """Return what a phone says of itself."""
    last = asked.get("last_seq")
    return SetUp(
        public_key=str(asked.get("public_key") or ""),
        browser=this_browser(),
        replaces=_id(asked.get("replaces")),
        last_seq=min(last, MOST) if isinstance(last, int) and last > 0 else 0,
        still_holds=_id(asked.get("device")) is not None,
    )


def _kit(asked: dict[str, Any], ready: Ready) -> dict[str, Any]:
    """Return what a phone keeps from now on."""
    actor, now = current_actor(), clock.now()
    places, tiles = list_field_places(actor), list_usual_handouts()
    lists = lists_for(actor, places, tiles, now=now, whole=_is_whole(asked))
    key_id, raw = sealed_box.public_key()
    answer = {
        "ok": True,
        "device": ready.device_id,
        "label": ready.label,
        "me": ready.account_id,
        "server_at": int(now.timestamp() * 1000),
        "key": {"id": key_id, "raw": raw},
    }
    if asked.get("have_lists") != lists["version"]:
        answer["lists"] = lists
    return answer | _app(asked, places, tiles)


def _app(asked: dict[str, Any], places: Sequence[FieldPlace], tiles: Sequence[UsualHandout]) -> dict[str, Any]:
    """Return the pages in the languages that were asked for, and all that they need; nothing of what is held."""
    parts = ShellParts(
        places=places,
        tiles=tiles,
        items=stock.list_items(),
        naloxone=list_naloxone(),
        reasons=list_reasons(ReasonUse.COUNT),
        recalls=told_at_places([place.location.id for place in places]),
    )
    wanted = asked.get("languages")
    spoken = [code for code in LANGUAGES if isinstance(wanted, list) and code in wanted] or list(LANGUAGES)
    app = render_app(parts) if _is_whole(asked) else render_app(parts, spoken, whole=False)
    if asked.get("have") == app.version:
        return {"version": app.version, "unchanged": True}
    pages = {code: app.pages[code] for code in spoken}
    return {
        "version": app.version,
        "pages": pages,
        "files": app.files,
        "assets": app.assets,
        "headers": page_headers(),
    }


def _is_whole(asked: dict[str, Any]) -> bool:
    """Say whether a phone asks for everything, or as a new one for the least that it needs."""
    return bool(asked.get("whole", True))


def _id(text: object) -> str | None:
    """Return an id as the database writes it, or None for what is none."""
    try:
        return str(UUID(str(text))) if text else None
    except ValueError:
        return None
