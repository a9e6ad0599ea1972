"""Look after the team: invite, give roles and sites, end access and give it back."""

from collections.abc import Collection

from sqlalchemy import delete

from harmreduction.accounts.actions.links import make_sign_in_link
from harmreduction.accounts.actions.sessions import end_sessions_of
from harmreduction.accounts.models import Account, AccountSite, SignInLink
from harmreduction.accounts.queries import count_other_administrators, find_account_id, get_account
from harmreduction.accounts.rules import (
    INVITATION_LASTS,
    LastAdministrator,
    Role,
    SignInNameTaken,
    check_sign_in_name,
    normalised_sign_in_name,
)
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotAllowed
from harmreduction.core.messages import message


def create_account(*, sign_in_name: str, label: str, role: Role, site_ids: Collection[int], by: Actor) -> Account:
    """Add a member to the team, who cannot sign in yet; raises SignInNameTaken or UnusableSignInName."""
    name = normalised_sign_in_name(sign_in_name)
    check_sign_in_name(name)
    with transaction():
        if find_account_id(name) is not None:
            raise SignInNameTaken(message("Somebody signs in with this name already. Choose another one."))
        account = Account(sign_in_name=name, label=label, role=role.value, created_at=now())
        db.session.add(account)
        db.session.flush()
        _work_at(account.id, site_ids)
        record(Event.ACCOUNT_INVITED, by=by, subject=account.public_id)
        return account


def invite(*, sign_in_name: str, label: str, role: Role, site_ids: Collection[int], by: Actor) -> tuple[Account, str]:
    """Add a member to the team; return the account and the token of the link by which they start."""
    with transaction():
        account = create_account(sign_in_name=sign_in_name, label=label, role=role, site_ids=site_ids, by=by)
        return account, _start_link(account, by=by)


def change_member(public_id: str, *, label: str, role: Role, site_ids: Collection[int], by: Actor) -> None:
    """Change what a member is called, does, and where; raises LastAdministrator."""
    with transaction():
        record(Event.ACCOUNT_CHANGED, by=by, subject=public_id)  # first: see _keep_an_administrator
        account = get_account(public_id)
        if role is not Role.ADMINISTRATOR:
            _keep_an_administrator(account)
        account.label, account.role = label, role.value
        _work_at(account.id, site_ids)


def send_new_link(public_id: str, *, by: Actor) -> tuple[Account, str]:
    """Return a member and the token of a link by which they choose a new passphrase."""
    with transaction():
        account = get_account(public_id)
        if account.disabled_at is not None:
            raise NotAllowed(message("This person's access has ended. Give it back first."))
        return account, _start_link(account, by=by)


def end_access(public_id: str, *, by: Actor) -> None:
    """End a member's access, their sessions and their links at once; raises LastAdministrator."""
    with transaction():
        record(Event.ACCOUNT_DISABLED, by=by, subject=public_id)  # first: see _keep_an_administrator
        account = get_account(public_id)
        _keep_an_administrator(account)
        account.disabled_at = now()
        end_sessions_of(public_id, by=by)
        unused = (SignInLink.account_id == account.id, SignInLink.used_at.is_(None))
        db.session.execute(delete(SignInLink).where(*unused))


def restore_access(public_id: str, *, by: Actor) -> None:
    """Give a member their access back, with the passphrase that they had."""
    with transaction():
        get_account(public_id).disabled_at = None
        record(Event.ACCOUNT_ENABLED, by=by, subject=public_id)


def _start_link(account: Account, *, by: Actor) -> str:
    """Return the token of a link by which a member chooses a passphrase."""
    return make_sign_in_link(account.id, lasts=INVITATION_LASTS, asks_for_passphrase=True, by=by)


def _work_at(account_id: int, site_ids: Collection[int]) -> None:
    """Let somebody work for these sites and no others."""
    db.session.execute(delete(AccountSite).where(AccountSite.account_id == account_id))
    db.session.add_all(AccountSite(account_id=account_id, site_id=site_id) for site_id in set(site_ids))
    db.session.flush()


def _keep_an_administrator(account: Account) -> None:
    """Raise LastAdministrator if nobody could look after the team without this person.

    The deed is in the audit trail before, because its writers stand in line: two administrators who end
    each other's access at the same moment are asked one after the other.
    """
    is_looking_after = account.role == Role.ADMINISTRATOR and account.disabled_at is None
    if is_looking_after and not count_other_administrators(account.id):
        raise LastAdministrator(
            message(
                "Nobody else can look after the team yet. Invite another administrator, and wait until they have "
                "signed in."
            )
        )
