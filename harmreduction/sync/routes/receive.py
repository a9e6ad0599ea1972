"""Where phones send what they kept; it answers in JSON, whatever happens, and nothing can be read with it."""

import json

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.sync.actions.receiving import Sender, receive
from harmreduction.sync.actions.seen import note_seen, note_signed_in
from harmreduction.sync.device_cookie import sent_device_token
from harmreduction.sync.ended_access import refused_on_ended_phone
from harmreduction.sync.queries.senders import find_sending_phone
from harmreduction.sync.rules.messages import NOT_A_MESSAGE, BadMessage, PhoneMessage, TooMuch, read_message
from harmreduction.web.access import actor_or_none, public
from harmreduction.web.errors import STATUS, log_unexpected
from harmreduction.web.extensions import csrf
from harmreduction.web.i18n import say

bp = Blueprint("field_sync", __name__)
csrf.exempt(bp)  # a token would grow old on the phone; the house refuses what other websites send

WHY = {401: "sign_in", 403: "not_allowed", 413: "too_much", 503: "busy"}


@bp.post("/field/sync")
@public
def sync() -> ResponseReturnValue:
    """Keep what a phone sends: somebody is signed in on it, or it may send by itself for a while."""
    refused = refused_on_ended_phone()
    if refused is not None:
        return refused
    now, actor = clock.now(), actor_or_none()
    may_send = actor is not None and actor.may(Permission.LOG_DISTRIBUTIONS)
    phone_id = find_sending_phone(sent_device_token(), now=now)
    if not may_send and phone_id is None:
        return _refused(401 if actor is None else 403)
    if request.mimetype != "application/json":
        return _refused(415)
    told = _message()
    if may_send and actor and phone_id is not None:
        note_signed_in(phone_id, actor.account_id, at=now)
    sender = Sender(account_id=actor.account_id if actor else None, phone_id=phone_id, sent_at=told.sent_at)
    answers = receive(told.records, sender=sender, at=now)
    note_seen(told, sender=sender, at=now)
    results = [{"id": called, "status": answer.value} for called, answer in answers]
    return jsonify(ok=True, server_at=round(now.timestamp() * 1000), results=results)


@bp.errorhandler(DomainError)
def say_what_is_wrong(problem: DomainError) -> ResponseReturnValue:
    """Answer a problem with its sentence; the phone keeps everything."""
    if isinstance(problem, TooMuch):
        return _refused(413, say(problem.message))
    return _refused(
        next((code for kind, code in STATUS.items() if isinstance(problem, kind)), 400), say(problem.message)
    )


@bp.errorhandler(HTTPException)
def say_what_flask_refused(problem: HTTPException) -> ResponseReturnValue:
    """Answer what Flask refused by itself."""
    return _refused(problem.code or 500)


@bp.errorhandler(Exception)
def say_that_it_is_our_trouble(problem: Exception) -> ResponseReturnValue:
    """Answer what nobody foresaw, logged under a reference; the phone keeps everything, and tries again."""
    return _refused(500, log_unexpected(problem))


def _message() -> PhoneMessage:
    """Return what the phone posted."""
    try:
        return read_message(json.loads(request.get_data()))
    except (ValueError, RecursionError) as problem:
        raise BadMessage(NOT_A_MESSAGE) from problem


def _refused(status: int, sentence: str = "") -> tuple[Response, int]:
    """Return an answer that is no receipt."""
    return jsonify(ok=False, why=WHY.get(status, "trouble"), sentence=sentence), status
