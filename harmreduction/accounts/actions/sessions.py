"""Sign in, sign out, and end sessions; the browser holds a token, we hold its digest."""

import secrets

from sqlalchemy import delete, update

from harmreduction.accounts.actions.proof import prove
from harmreduction.accounts.actions.throttle import forget_tries
from harmreduction.accounts.models import Account, AccountSession, SignInLink
from harmreduction.accounts.passphrases import hash_passphrase, is_kept_the_old_way
from harmreduction.accounts.queries import digest_of, get_account, signed_in_as
from harmreduction.accounts.rules import ABSOLUTE_LIMIT, SignedIn, WrongPassphrase, normalised_sign_in_name
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor, SystemActor
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message

TOKEN_BYTES = 32


def sign_in(sign_in_name: str, passphrase: str, *, browser: str) -> str:
    """Sign somebody in and return the token for their cookie; raises WrongPassphrase or TooManyTries."""
    proven = prove(sign_in_name, passphrase)
    is_old = is_kept_the_old_way(proven.passphrase_hash or "")
    newer = hash_passphrase(passphrase) if is_old else proven.passphrase_hash
    with transaction():
        db.session.get_one(Account, proven.account_id).passphrase_hash = newer
        forget_tries(normalised_sign_in_name(sign_in_name))
        token = start_session(proven.account_id, browser=browser)
        record(Event.SIGNED_IN, by=signed_in_as(proven.account_id))
        return token


def start_session(account_id: int, *, browser: str) -> str:
    """Open a session for somebody who proved who they are, and return its token."""
    at, token = now(), secrets.token_urlsafe(TOKEN_BYTES)
    with transaction():
        if db.session.get_one(Account, account_id).disabled_at is not None:
            raise WrongPassphrase(message("Your access has ended. Talk to your administrator."))
        _forget_what_ended()
        db.session.add(
            AccountSession(
                token_digest=digest_of(token),
                account_id=account_id,
                browser=browser,
                created_at=at,
                seen_at=at,
                confirmed_at=at,
            )
        )
        return token


def mark_seen(session_id: int) -> None:
    """Write down that a session was used just now."""
    with transaction():
        db.session.execute(update(AccountSession).where(AccountSession.id == session_id).values(seen_at=now()))


def sign_out(*, by: SignedIn) -> None:
    """End the session in which this is asked."""
    with transaction():
        db.session.execute(delete(AccountSession).where(AccountSession.id == by.session_id))
        record(Event.SIGNED_OUT, by=by)


def cut_off(person: SignedIn) -> None:
    """End a session that is open where it must not be; nobody asked for it."""
    with transaction():
        db.session.execute(delete(AccountSession).where(AccountSession.id == person.session_id))
        record(Event.SESSION_REVOKED, by=SystemActor("by itself"), subject=person.public_id)


def end_own_session(session_id: str, *, by: SignedIn) -> None:
    """End one of one's own sessions, by its public id."""
    _end_one(session_id, by.account_id, by.public_id, by=by)


def end_other_sessions(*, by: SignedIn) -> None:
    """End all of one's own sessions but the one in which this is asked."""
    with transaction():
        others = (AccountSession.account_id == by.account_id, AccountSession.id != by.session_id)
        db.session.execute(delete(AccountSession).where(*others))
        record(Event.SESSION_REVOKED, by=by, subject=by.public_id)


def end_session_of(account_id: str, session_id: str, *, by: Actor) -> None:
    """End one session of a member of the team, both by public id."""
    account = get_account(account_id)
    _end_one(session_id, account.id, account.public_id, by=by)


def end_sessions_of(account_id: str, *, by: Actor) -> None:
    """End every session of a member of the team, by their public id."""
    with transaction():
        account = get_account(account_id)
        db.session.execute(delete(AccountSession).where(AccountSession.account_id == account.id))
        record(Event.SESSION_REVOKED, by=by, subject=account.public_id)


def _end_one(session_id: str, account_id: int, subject: str, *, by: Actor) -> None:
    """End a session of one account; one of another account is as good as none."""
    with transaction():
        found = (AccountSession.public_id == session_id, AccountSession.account_id == account_id)
        ended = db.session.scalar(delete(AccountSession).where(*found).returning(AccountSession.id))
        if ended is None:
            raise NotFound(message("That session has ended already."))
        record(Event.SESSION_REVOKED, by=by, subject=subject)


def _forget_what_ended() -> None:
    """Erase sessions that nobody can use any more, and links whose end is long past."""
    oldest = now() - ABSOLUTE_LIMIT
    db.session.execute(delete(AccountSession).where(AccountSession.created_at <= oldest))
    db.session.execute(delete(SignInLink).where(SignInLink.expires_at <= oldest))
