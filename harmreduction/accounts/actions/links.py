"""Links that sign somebody in once: an invitation, a new start after a lost passphrase, a demonstration."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, update

from harmreduction.accounts.actions.passphrase import acceptable_hash, keep_passphrase
from harmreduction.accounts.actions.sessions import TOKEN_BYTES, start_session
from harmreduction.accounts.models import Account, SignInLink
from harmreduction.accounts.queries import digest_of, get_open_link, signed_in_as
from harmreduction.accounts.rules import LinkEnded
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message


def make_sign_in_link(account_id: int, *, lasts: timedelta, asks_for_passphrase: bool, by: Actor) -> str:
    """Return the token of a link that signs this person in once; it replaces the unused ones before it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction():
        unused = (SignInLink.account_id == account_id, SignInLink.used_at.is_(None))
        db.session.execute(delete(SignInLink).where(*unused))
        db.session.add(
            SignInLink(
                token_digest=digest_of(token),
                account_id=account_id,
                asks_for_passphrase=asks_for_passphrase,
                expires_at=now() + lasts,
            )
        )
        subject = db.session.get_one(Account, account_id).public_id
        record(Event.SIGN_IN_LINK_MADE, by=by, subject=subject)
        return token


def use_link(token: str, *, passphrase: str | None, browser: str) -> str:
    """Sign in by a link, with the passphrase chosen where it asks for one; returns the token for the cookie.

    Raises LinkEnded, or WeakPassphrase, after which the link still works.
    """
    link = get_open_link(token, now=now())
    chosen = None
    if link.asks_for_passphrase:
        chosen = acceptable_hash(passphrase or "", known=(link.sign_in_name, link.label))
    with transaction():
        _use_up(token)
        person = signed_in_as(link.account_id)
        if chosen:
            keep_passphrase(link.account_id, chosen)
            record(Event.PASSPHRASE_CHANGED, by=person, subject=person.public_id)
        session_token = start_session(link.account_id, browser=browser)
        record(Event.SIGNED_IN, by=person)
        return session_token


def _use_up(token: str) -> None:
    """Use a link up in one statement, so that of two who press at the same moment one gets in."""
    mine = (SignInLink.token_digest == digest_of(token), SignInLink.used_at.is_(None))
    used = update(SignInLink).where(*mine).values(used_at=now()).returning(SignInLink.id)
    if db.session.scalar(used) is None:
        raise LinkEnded(message("This link was used already. Each one works once."))
