"""Read accounts, sessions and sign-in links."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from harmreduction.accounts.models import Account, AccountSession, AccountSite, SignInLink
from harmreduction.accounts.rules import LinkEnded, Role, SignedIn, session_has_ended
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.sites.models import Site


@dataclass(frozen=True, kw_only=True)
class LiveSession:
    """The person in a browser, and when the session was last used."""

    person: SignedIn
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What is needed to find out whether a passphrase fits."""

    account_id: int
    passphrase_hash: str | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of the team with the names of their sites, and when they last did something."""

    account: Account
    site_names: Sequence[str]
    seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OpenLink:
    """A sign-in link that still works: whom it signs in, and whether they choose a passphrase first."""

    account_id: int
    label: str
    sign_in_name: str
    role: Role
    asks_for_passphrase: bool


def digest_of(token: str) -> str:
    """Return what is stored of a session's or a link's token: its SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


# Asked on every request, so it is put together once.
LIVE_SESSION = (
    select(
        AccountSession.id.label("session_id"),
        AccountSession.created_at,
        AccountSession.seen_at,
        AccountSession.confirmed_at,
        Account.id.label("account_id"),
        Account.public_id,
        Account.label,
        Account.role,
        AccountSite.site_id,
    )
    .join(Account, Account.id == AccountSession.account_id)
    .outerjoin(AccountSite, AccountSite.account_id == Account.id)
    .where(AccountSession.token_digest == bindparam("token_digest"), Account.disabled_at.is_(None))
)


def find_live_session(token: str, *, now: datetime) -> LiveSession | None:
    """Return who is signed in by a cookie's token, in one statement; None once the session has ended."""
    rows = db.session.execute(LIVE_SESSION, {"token_digest": digest_of(token)}).all()
    if not rows:
        return None
    row = rows[0]
    role = Role(row.role)
    if session_has_ended(role, created_at=row.created_at, seen_at=row.seen_at, now=now):
        return None
    person = SignedIn(
        account_id=row.account_id,
        public_id=row.public_id,
        label=row.label,
        role=role,
        own_site_ids=frozenset(each.site_id for each in rows if each.site_id is not None),
        session_id=row.session_id,
        confirmed_at=row.confirmed_at,
    )
    return LiveSession(person=person, seen_at=row.seen_at)


def signed_in_as(account_id: int) -> SignedIn:
    """Return a member of the team as actions see them, without a browser."""
    account = db.session.get_one(Account, account_id)
    return SignedIn(
        account_id=account.id,
        public_id=account.public_id,
        label=account.label,
        role=Role(account.role),
        own_site_ids=frozenset(list_site_ids(account_id)),
        session_id=None,
        confirmed_at=account.created_at,
    )


def count_accounts() -> int:
    """Return how many people were ever invited."""
    return db.session.scalar(select(func.count()).select_from(Account)) or 0


def get_account(public_id: str) -> Account:
    """Return a member of the team."""
    account = db.session.scalar(select(Account).where(Account.public_id == public_id))
    if account is None:
        raise NotFound(message("There is no such person in the team."))
    return account


def get_own_account(person: SignedIn) -> Account:
    """Return the account of somebody who is signed in."""
    return db.session.get_one(Account, person.account_id)


def find_credentials(sign_in_name: str) -> Credentials | None:
    """Return what a passphrase is checked against; None for a name that may not sign in."""
    row = db.session.execute(
        select(Account.id, Account.passphrase_hash).where(
            Account.sign_in_name == sign_in_name, Account.disabled_at.is_(None)
        )
    ).one_or_none()
    return Credentials(account_id=row.id, passphrase_hash=row.passphrase_hash) if row else None


def find_account_id(sign_in_name: str) -> int | None:
    """Return the account that signs in with a name, whether or not it still may."""
    return db.session.scalar(select(Account.id).where(Account.sign_in_name == sign_in_name))


def list_members() -> list[Member]:
    """Return the whole team by name: first those with access, then those without."""
    last_used = select(AccountSession.account_id, func.max(AccountSession.seen_at))
    seen = {row[0]: row[1] for row in db.session.execute(last_used.group_by(AccountSession.account_id))}
    sites: dict[int, list[str]] = {}
    named = select(AccountSite.account_id, Site.name).join(Site, Site.id == AccountSite.site_id)
    for account_id, name in db.session.execute(named.order_by(Site.name)):
        sites.setdefault(account_id, []).append(name)
    accounts = db.session.scalars(select(Account).order_by(Account.disabled_at.is_not(None), func.lower(Account.label)))
    return [
        Member(account=account, site_names=sites.get(account.id, ()), seen_at=seen.get(account.id))
        for account in accounts
    ]


def list_site_ids(account_id: int) -> Sequence[int]:
    """Return the sites that somebody works for."""
    return db.session.scalars(select(AccountSite.site_id).where(AccountSite.account_id == account_id)).all()


def list_own_sites(account_id: int) -> Sequence[Site]:
    """Return the sites that somebody works for, by name."""
    own = select(Site).join(AccountSite, AccountSite.site_id == Site.id)
    return db.session.scalars(own.where(AccountSite.account_id == account_id).order_by(Site.name)).all()


def list_sessions(account: Account, *, now: datetime) -> list[AccountSession]:
    """Return the browsers in which somebody is signed in, last used first."""
    rows = db.session.scalars(
        select(AccountSession)
        .where(AccountSession.account_id == account.id)
        .order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())
    )
    role = Role(account.role)
    return [row for row in rows if not session_has_ended(role, created_at=row.created_at, seen_at=row.seen_at, now=now)]


def count_other_administrators(account_id: int) -> int:
    """Return how many other people could look after the team: administrators who can sign in by themselves."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Account)
            .where(
                Account.role == Role.ADMINISTRATOR,
                Account.id != account_id,
                Account.disabled_at.is_(None),
                Account.passphrase_hash.is_not(None),
            )
        )
        or 0
    )


def get_open_link(token: str, *, now: datetime) -> OpenLink:
    """Return a sign-in link that still works; raises LinkEnded with what to do instead."""
    found = db.session.execute(
        select(SignInLink, Account)
        .join(Account, Account.id == SignInLink.account_id)
        .where(SignInLink.token_digest == digest_of(token))
    ).one_or_none()
    if found is None or found.Account.disabled_at is not None:
        raise LinkEnded(message("This link does not work. It may be cut off, or a newer one took its place."))
    link, account = found.SignInLink, found.Account
    if link.used_at is not None:
        raise LinkEnded(message("This link was used already. Each one works once."))
    if link.expires_at <= now:
        raise LinkEnded(message("This link is too old to sign in with."))
    return OpenLink(
        account_id=account.id,
        label=account.label,
        sign_in_name=account.sign_in_name,
        role=Role(account.role),
        asks_for_passphrase=link.asks_for_passphrase,
    )
