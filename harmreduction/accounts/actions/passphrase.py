"""Choose another passphrase, and prove again that it is really you."""

from sqlalchemy import delete, update

from harmreduction.accounts.actions.proof import prove
from harmreduction.accounts.actions.sessions import start_session
from harmreduction.accounts.actions.throttle import forget_tries
from harmreduction.accounts.models import Account, AccountSession
from harmreduction.accounts.passphrases import check_passphrase, hash_passphrase
from harmreduction.accounts.queries import get_own_account
from harmreduction.accounts.rules import SignedIn
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.sites.queries import list_sites


def confirm(passphrase: str, *, by: SignedIn) -> None:
    """Prove again who one is; raises WrongPassphrase or TooManyTries."""
    name = get_own_account(by).sign_in_name
    prove(name, passphrase)
    with transaction():
        mine = AccountSession.id == by.session_id
        db.session.execute(update(AccountSession).where(mine).values(confirmed_at=now()))
        forget_tries(name)


def change_passphrase(present: str, chosen: str, *, by: SignedIn, browser: str) -> str:
    """Change one's own passphrase, end every session, and return the token of a new one.

    Raises WrongPassphrase or TooManyTries for the present one, WeakPassphrase for the chosen one.
    """
    name = get_own_account(by).sign_in_name
    chosen_hash = acceptable_hash(chosen, known=(name, by.label))
    prove(name, present)
    with transaction():
        keep_passphrase(by.account_id, chosen_hash)
        forget_tries(name)
        token = start_session(by.account_id, browser=browser)
        record(Event.PASSPHRASE_CHANGED, by=by, subject=by.public_id)
        return token


def acceptable_hash(chosen: str, *, known: tuple[str, ...]) -> str:
    """Return what is kept of a new passphrase; raises WeakPassphrase.

    `known` are names that others connect with the person; the names of the sites are added.
    """
    check_passphrase(chosen, known=(*known, *(site.name for site in list_sites())))
    return hash_passphrase(chosen)


def keep_passphrase(account_id: int, passphrase_hash: str) -> None:
    """Let the new passphrase hold, and end every session that the one before had opened."""
    with transaction():
        db.session.get_one(Account, account_id).passphrase_hash = passphrase_hash
        db.session.execute(delete(AccountSession).where(AccountSession.account_id == account_id))
