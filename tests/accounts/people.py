"""Members of the team who sign in by passphrase, and browsers for them."""

from typing import Any

from flask import Flask

from harmreduction.accounts import actions
from harmreduction.accounts.models import Account
from harmreduction.accounts.passphrases import hash_passphrase
from tests.factories import make_account
from tests.pages import PageClient

PASSPHRASE = "lantern gravel otter plum"
ANOTHER = "cedar window marble kite"
COOKIE = "session"


def make_person(role: str = "outreach_worker", **options: Any) -> Account:
    """Add a member of the team who has chosen PASSPHRASE."""
    account = make_account(role, **options)
    actions.keep_passphrase(account.id, hash_passphrase(PASSPHRASE))
    return account


def sign_in(app: Flask, account: Account, passphrase: str = PASSPHRASE, **headers: str) -> PageClient:
    """Return a browser in which this person signed in on the page."""
    client = PageClient(app)
    answer = client.post(
        "/sign-in", data={"sign_in_name": account.sign_in_name, "passphrase": passphrase}, headers=headers
    )
    assert answer.status_code == 302, answer.status
    return client


def stolen(app: Flask, client: PageClient) -> PageClient:
    """Return another browser that holds a copy of this one's cookie."""
    copy = PageClient(app)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    copy.set_cookie(COOKIE, cookie.value)
    return copy


def is_signed_in(client: PageClient) -> bool:
    """Say whether the browser gets a page that needs somebody to be signed in."""
    return client.get("/account/").status_code == 200
