"""A real Chromium in front of a real server on a real, encrypted demonstration."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from sqlalchemy import select
from waitress.server import BaseWSGIServer, create_server

from harmreduction.accounts import actions as accounts
from harmreduction.accounts.models import Account
from harmreduction.config import Config
from harmreduction.core.actor import SystemActor
from harmreduction.core.db import db
from harmreduction.core.keys import make_keys, read_keys
from harmreduction.core.revisions import migrate_database
from harmreduction.demo import LINK_LASTS, build_demonstration
from harmreduction.factory import build_app
from tests.conftest import take_shelf_down

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long, and a busy machine is slow


@dataclass(kw_only=True)
class House:
    """The running app: its address, and links into it."""

    app: Flask
    url: str

    def sign_in_link(self, name: str) -> str:
        """Return a one-time link for a member of the demonstration's team."""
        with self.app.app_context():
            account_id = db.session.scalars(select(Account.id).where(Account.sign_in_name == name)).one()
            token = accounts.make_sign_in_link(
                account_id, lasts=LINK_LASTS, asks_for_passphrase=False, by=SystemActor(label="test")
            )
        return f"{self.url}/sign-in/link/{token}"


@dataclass
class Watched:
    """A page, and whatever went wrong on it: console errors, CSP reports, requests to other hosts."""

    page: Page
    trouble: list[str] = field(default_factory=list)


def follow(way: Locator) -> None:
    """Click a link or a button, and go on once all of the page that it opens is there.

    A click alone returns while the next page is still coming in, or sooner: reading then finds half of it, or the page
    before, and going elsewhere breaks off what the form sends.
    """
    with way.page.expect_navigation():
        way.click()


def stop_serving(server: BaseWSGIServer, thread: threading.Thread) -> None:
    """Let a server be gone: no port, no open connection, no answer under way; only its own thread may close them."""

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    server.trigger.pull_trigger(close)
    thread.join()
    server.task_dispatcher.shutdown()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Build the demonstration once; nobody works in it."""
    folder = tmp_path_factory.mktemp("demonstration")
    config = Config(instance=folder / "instance", keys=folder / "keys")
    config.instance.mkdir()
    make_keys(config.keys)
    with build_app(config, read_keys(config.keys)).app_context():
        migrate_database()
        build_demonstration(lambda _line: None)
        db.session.remove()
        db.engine.dispose()
    return config


@pytest.fixture(scope="module")
def house(demonstration: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The app on a copy of the demonstration, one for each file, answered by the server that `make run` uses."""
    copy = tmp_path_factory.mktemp("browser") / "instance"
    shutil.copytree(demonstration.instance, copy)
    app = build_app(Config(instance=copy, keys=demonstration.keys), read_keys(demonstration.keys))
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield House(app=app, url=f"http://127.0.0.1:{server.effective_port}")
    stop_serving(server, thread)
    take_shelf_down()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says how to get it."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_as(house: House, browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens a window signed in as somebody, and watches it."""
    contexts: list[BrowserContext] = []

    def open_window(name: str | None, *, viewport: dict[str, int] = PHONE, language: str = "en", **options) -> Watched:
        context = browser.new_context(viewport=viewport, base_url=house.url, **options)
        context.add_cookies([{"name": "language", "value": language, "url": house.url}])
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watched = Watched(context.new_page())
        _watch(watched, house.url)
        if name is not None:
            watched.page.goto(house.sign_in_link(name))
            follow(watched.page.locator("main form button").first)
            assert "/sign-in/" not in watched.page.url
        return watched

    yield open_window
    for context in contexts:
        context.close()


def _watch(watched: Watched, home: str) -> None:
    """Note console errors (CSP reports come as such) and every request that leaves the host."""
    watched.page.on("console", lambda line: watched.trouble.append(line.text) if line.type == "error" else None)
    watched.page.on("pageerror", lambda error: watched.trouble.append(str(error)))
    watched.page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((home, "data:", "blob:"))
            else watched.trouble.append(f"left the host: {request.url}")
        ),
    )
