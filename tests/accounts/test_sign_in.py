"""Signing in: who gets in, how slow guessing is, and where one lands."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from harmreduction.accounts import actions
from harmreduction.accounts.models import Account, AccountSession, SignInThrottle
from harmreduction.accounts.passphrases import hash_passphrase
from harmreduction.accounts.queries import signed_in_as
from harmreduction.accounts.rules import TRIES, Role, WrongPassphrase
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db, transaction
from harmreduction.factory import build_app
from tests.accounts.people import ANOTHER, COOKIE, PASSPHRASE, is_signed_in, make_person, sign_in
from tests.factories import KEYS, SYSTEM
from tests.instances import Instance
from tests.pages import PageClient, text_of

EVENING = datetime(2026, 11, 21, 22, 41, tzinfo=UTC)
ANDROID = "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"
SignIn = Callable[..., PageClient]


def try_to_sign_in(client: PageClient, name: str, passphrase: str, *, status: int = 200) -> str:
    """Return the words of the page after a try."""
    return text_of(client.send("/sign-in", status=status, sign_in_name=name, passphrase=passphrase))


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def test_a_person_signs_in_with_name_and_passphrase(app: Flask, client: PageClient) -> None:
    maya = make_person(label="Maya")
    answer = client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE)
    assert answer.headers["Location"] == "/"
    assert "Maya" in client.page("/account/")
    assert events()[-1] == "SIGNED_IN"


def test_a_name_is_the_same_however_it_is_typed(app: Flask, client: PageClient) -> None:
    maya = make_person()
    client.send("/sign-in", sign_in_name=f" {maya.sign_in_name.upper()} ", passphrase=PASSPHRASE)
    assert is_signed_in(client)


def test_the_cookie_is_ours_and_holds_nothing_but_a_token(app: Flask, client: PageClient) -> None:
    maya = make_person()
    answer = client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=43200"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    assert re.fullmatch(r"[\w-]{43}", client.get_cookie(COOKIE).value)
    assert client.get_cookie(COOKIE).value not in str(db.session.execute(select(AccountSession.__table__)).all())


def test_under_tls_the_cookie_is_bound_to_this_host(app: Flask, client: PageClient) -> None:
    maya = make_person()
    answer = client.post(
        "/sign-in",
        data={"sign_in_name": maya.sign_in_name, "passphrase": PASSPHRASE},
        base_url="https://localhost",
    )
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert client.get("/account/", base_url="https://localhost").status_code == 200


def test_each_sign_in_has_a_new_token_and_ends_the_one_before_in_this_browser(app: Flask, client: PageClient) -> None:
    maya = make_person()
    tokens = set()
    for _ in range(2):
        client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE)
        tokens.add(client.get_cookie(COOKIE).value)
    assert len(tokens) == 2
    assert db.session.scalar(select(func.count()).select_from(AccountSession)) == 1


def test_a_wrong_passphrase_says_how_many_tries_are_left(client: PageClient) -> None:
    maya = make_person()
    words = try_to_sign_in(client, maya.sign_in_name, ANOTHER)
    assert "That passphrase does not fit this name. 4 tries left." in words
    assert not is_signed_in(client)
    assert events()[-1] == "SIGN_IN_FAILED"


def test_an_unknown_name_gets_the_very_same_answer(client: PageClient) -> None:
    maya = make_person()
    known = client.send("/sign-in", status=200, sign_in_name=maya.sign_in_name, passphrase=ANOTHER)
    unknown = client.send("/sign-in", status=200, sign_in_name="nobody-here", passphrase=ANOTHER)
    same = known.get_data(as_text=True).replace(maya.sign_in_name, "nobody-here")
    without_token = re.compile(r'name="csrf_token" value="[^"]*"|value="Ij[^"]*"')
    assert without_token.sub("", same) == without_token.sub("", unknown.get_data(as_text=True))


def test_what_was_typed_as_a_name_is_never_written_down(client: PageClient) -> None:
    try_to_sign_in(client, PASSPHRASE, ANOTHER)
    assert events() == []
    throttled = db.session.scalars(select(SignInThrottle.name_digest)).all()
    assert len(throttled) == 1
    assert PASSPHRASE not in throttled[0]


def test_empty_fields_are_pointed_out_and_cost_no_try(client: PageClient) -> None:
    words = try_to_sign_in(client, "", "")
    assert "Enter your sign-in name" in words
    assert "Enter your passphrase" in words
    assert db.session.scalar(select(func.count()).select_from(SignInThrottle)) == 0


def test_the_sixth_try_in_a_minute_waits_even_with_the_right_passphrase(client: PageClient) -> None:
    maya = make_person()
    with time_machine.travel(EVENING, tick=False) as clock:
        for _ in range(TRIES - 1):
            try_to_sign_in(client, maya.sign_in_name, ANOTHER)
        assert "Wait a minute" in try_to_sign_in(client, maya.sign_in_name, ANOTHER)
        clock.shift(18)
        words = try_to_sign_in(client, maya.sign_in_name, PASSPHRASE, status=429)
        assert "Wait 42 seconds" in words
        clock.shift(42)
        client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE)
    assert db.session.scalar(select(func.count()).select_from(SignInThrottle)) == 0


def test_tries_with_one_name_slow_no_other_name(client: PageClient) -> None:
    maya, jo = make_person(), make_person()
    for _ in range(TRIES):
        try_to_sign_in(client, maya.sign_in_name, ANOTHER)
    try_to_sign_in(client, maya.sign_in_name, PASSPHRASE, status=429)
    client.send("/sign-in", sign_in_name=jo.sign_in_name, passphrase=PASSPHRASE)
    assert is_signed_in(client)


def test_unknown_names_are_slowed_alike(client: PageClient) -> None:
    for _ in range(TRIES):
        try_to_sign_in(client, "nobody-here", ANOTHER)
    assert "Wait" in try_to_sign_in(client, "nobody-here", ANOTHER, status=429)


def test_a_restart_forgets_no_try(instance: Instance) -> None:
    maya = make_person()
    name = maya.sign_in_name
    before = PageClient(instance.app)
    for _ in range(TRIES):
        try_to_sign_in(before, name, ANOTHER)
    restarted = build_app(instance.config, KEYS, TESTING=True, WTF_CSRF_ENABLED=False)
    try_to_sign_in(PageClient(restarted), name, PASSPHRASE, status=429)


def test_guesses_at_the_same_moment_are_all_counted(instance: Instance) -> None:
    name = make_person().sign_in_name
    answers: list[int] = []

    def guess() -> None:
        client = PageClient(instance.app)
        answers.append(client.post("/sign-in", data={"sign_in_name": name, "passphrase": ANOTHER}).status_code)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * TRIES + [429] * (8 - TRIES)


def test_somebody_without_access_learns_nothing_by_trying(client: PageClient) -> None:
    maya, noor = make_person(), make_person("administrator")
    make_person("administrator")
    actions.end_access(maya.public_id, by=signed_in_as(noor.id))
    assert "4 tries left" in try_to_sign_in(client, maya.sign_in_name, PASSPHRASE)


def test_somebody_who_has_not_chosen_a_passphrase_cannot_sign_in_with_one(app: Flask, database: SQLAlchemy) -> None:
    account = actions.create_account(sign_in_name="ana", label="Ana", role=Role.VOLUNTEER, site_ids=[], by=SYSTEM)
    with pytest.raises(WrongPassphrase):
        actions.sign_in(account.sign_in_name, "", browser="")


def test_an_old_hash_is_made_anew_at_the_next_sign_in(app: Flask, database: SQLAlchemy) -> None:
    maya = make_person()
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSPHRASE)
    with transaction():
        db.session.get_one(Account, maya.id).passphrase_hash = weaker
    sign_in(app, maya)
    kept = db.session.get_one(Account, maya.id, populate_existing=True).passphrase_hash
    assert kept.split("$")[3] == hash_passphrase(PASSPHRASE).split("$")[3]


@pytest.mark.parametrize("path", ["/shift", "/stock/?page=2", "/help/roles"])
def test_after_signing_in_one_lands_where_one_was_going(app: Flask, client: PageClient, path: str) -> None:
    asked = client.get(path)
    assert asked.status_code == 302
    client.page(asked.headers["Location"])
    maya = make_person()
    answer = client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE, next=path)
    assert answer.headers["Location"] == path


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/\t/x", ""]
)
def test_one_never_lands_on_another_site(client: PageClient, path: str) -> None:
    maya = make_person()
    answer = client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE, next=path)
    assert answer.headers["Location"] == "/"
    assert client.get("/sign-in", query_string={"next": path}).headers["Location"] == "/"


def test_where_nobody_is_in_the_team_yet_the_page_points_to_the_first_run(client: PageClient) -> None:
    assert "/first-run" in client.page("/sign-in")
    make_person()
    assert "/first-run" not in client.page("/sign-in")


def test_the_page_names_the_browser_in_the_list_of_sessions(app: Flask, client: PageClient) -> None:
    maya = make_person()
    browser = sign_in(app, maya, **{"User-Agent": ANDROID})
    assert "Firefox on Android" in browser.page("/account/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {},
        {"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/sessions/end-others", "/team/new"])
def test_no_other_site_can_write_here(app: Flask, sign_in_as: SignIn, path: str, headers: dict[str, str]) -> None:
    signed_in = sign_in_as("administrator")
    browser = app.test_client()
    browser.set_cookie(COOKIE, signed_in.get_cookie(COOKIE).value)
    assert browser.post(path, data="{}", headers=headers).status_code == 403
    assert is_signed_in(signed_in)


def test_a_session_is_seen_at_most_once_a_minute(app: Flask, database: SQLAlchemy) -> None:
    def seen() -> datetime:
        return db.session.execute(select(AccountSession.seen_at)).scalar_one()

    with time_machine.travel(EVENING, tick=False) as clock:
        browser = sign_in(app, make_person())
        clock.shift(59)
        browser.page("/account/")
        assert seen() == EVENING
        clock.shift(1)
        browser.page("/account/")
        assert seen() == EVENING + timedelta(minutes=1)
