"""Change what the programme decides, and set up a new programme."""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

from sqlalchemy import delete

from harmreduction.accounts import actions as accounts
from harmreduction.accounts.queries import signed_in_as
from harmreduction.accounts.rules import Role
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor, SystemActor
from harmreduction.core.db import db, transaction
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.settings.models import Setting
from harmreduction.settings.queries import find_values
from harmreduction.settings.rules import (
    CODE_LENGTH,
    CODE_SIGNS,
    FIRST_RUN_CODE,
    CannotStart,
    grouped_code,
    normalised_code,
)
from harmreduction.sites.actions import SiteChange, open_site

SET_UP_ALREADY = message("This programme is set up already. Sign in, or ask your administrator.")


@dataclass(frozen=True, kw_only=True)
class FirstRun:
    """What a new programme begins with: its name and clock, one site, and one administrator."""

    code: str
    programme_name: str
    time_zone: str
    site: SiteChange
    label: str
    sign_in_name: str
    passphrase: str = field(repr=False)


def set_values(values: dict[str, str], *, by: Actor) -> None:
    """Decide these settings; an empty value returns to the default."""
    with transaction():
        _keep(values)
        record(Event.SETTING_CHANGED, by=by)


def prepare_first_run() -> str:
    """Return a new code by which a real programme is set up in the browser, once; its digest is kept."""
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    with transaction():
        _keep({FIRST_RUN_CODE: keyed_digest("first run", code)})
    return grouped_code(code)


def start_programme(first: FirstRun, *, browser: str) -> str:
    """Set up a new programme and sign its administrator in; returns the token for the cookie.

    Raises CannotStart, TooManyTries, SignInNameTaken, UnusableSignInName or WeakPassphrase; nothing is saved then.
    """
    _check_code(first.code)
    passphrase = accounts.acceptable_hash(
        first.passphrase, known=(first.sign_in_name, first.label, first.programme_name, first.site.name)
    )
    setup = SystemActor(label="first run")
    with transaction():
        _use_up_code()
        _keep({"programme_name": first.programme_name, "time_zone": first.time_zone})
        site = open_site(first.site, by=setup)
        account = accounts.create_account(
            sign_in_name=first.sign_in_name, label=first.label, role=Role.ADMINISTRATOR, site_ids=[site.id], by=setup
        )
        accounts.keep_passphrase(account.id, passphrase)
        record(Event.PROGRAMME_STARTED, by=signed_in_as(account.id))
        return accounts.start_session(account.id, browser=browser)


def _use_up_code() -> None:
    """Erase the code in one statement, so that of two who set up at the same moment one does."""
    code = delete(Setting).where(Setting.name == FIRST_RUN_CODE).returning(Setting.name)
    if db.session.scalar(code) is None:
        raise CannotStart(SET_UP_ALREADY)


def _check_code(code: str) -> None:
    """Raise CannotStart unless this is the code that was printed; guessing is as slow as for a passphrase."""
    _check_code_stands()
    accounts.count_try("first run")
    kept = find_values(FIRST_RUN_CODE)[FIRST_RUN_CODE]
    if not compare_digest(kept, keyed_digest("first run", normalised_code(code))):
        raise CannotStart(message("This is not the code. It was printed when the programme's folder was made."))
    accounts.forget_tries("first run")


def _check_code_stands() -> None:
    """Raise CannotStart if no programme waits to be set up here."""
    if FIRST_RUN_CODE not in find_values(FIRST_RUN_CODE):
        raise CannotStart(SET_UP_ALREADY)


def _keep(values: dict[str, str]) -> None:
    """Store settings; an empty one is erased."""
    db.session.execute(delete(Setting).where(Setting.name.in_(values)))
    db.session.add_all(Setting(name=name, value=value) for name, value in values.items() if value)
    db.session.flush()
