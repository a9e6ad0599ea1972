"""Find out whether somebody is who they say, at a speed that tells nothing about the name."""

from harmreduction.accounts.actions.throttle import count_try
from harmreduction.accounts.models import Account
from harmreduction.accounts.passphrases import fits
from harmreduction.accounts.queries import Credentials, find_account_id, find_credentials
from harmreduction.accounts.rules import WrongPassphrase, normalised_sign_in_name
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import SystemActor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import counted_message, message

NOBODY = SystemActor(label="not signed in")


def prove(sign_in_name: str, passphrase: str) -> Credentials:
    """Return whose passphrase this is; raises WrongPassphrase or TooManyTries.

    The hash is worked out between two transactions, so that nobody's hand-out waits for it.
    """
    name = normalised_sign_in_name(sign_in_name)
    left = count_try(name)
    credentials = find_credentials(name)
    if fits(passphrase, credentials.passphrase_hash if credentials else None) and credentials:
        return credentials
    _remember_failure(name)
    if not left:
        raise WrongPassphrase(message("That passphrase does not fit this name. Wait a minute before you try again."))
    raise WrongPassphrase(
        counted_message(
            "That passphrase does not fit this name. %(count)s try left.",
            "That passphrase does not fit this name. %(count)s tries left.",
            left,
        )
    )


def _remember_failure(name: str) -> None:
    """Write down that somebody failed to sign in as a member of the team; what they typed is not kept."""
    with transaction():
        account_id = find_account_id(name)
        if account_id is not None:
            account = db.session.get_one(Account, account_id)
            record(Event.SIGN_IN_FAILED, by=NOBODY, subject=account.public_id)
