"""Phones in front of a server that has bad evenings."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from harmreduction.config import Config
from harmreduction.core.keys import read_keys
from harmreduction.factory import build_app
from tests.browser.field.phone import FieldPhone
from tests.browser.field.server import FieldServer

Phones = Callable[..., FieldPhone]


@pytest.fixture(scope="module")
def server(demonstration: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FieldServer]:
    """A server on a copy of the demonstration, one for each file."""
    copy = tmp_path_factory.mktemp("field") / "instance"
    shutil.copytree(demonstration.instance, copy)
    app = build_app(Config(instance=copy, keys=demonstration.keys), read_keys(demonstration.keys))
    server = FieldServer(app=app, url="")
    server.start()
    yield server
    if server.is_running:
        server.stop()


@pytest.fixture(scope="module")
def phones(server: FieldServer, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    """Return a function that switches on a new phone, which is there for the whole file."""
    made: list[FieldPhone] = []

    def switch_on(*, on_disk: bool = False, **options: object) -> FieldPhone:
        profile = tmp_path_factory.mktemp("phone") if on_disk else None
        made.append(FieldPhone(server, browser, profile, **options))
        return made[-1]

    yield switch_on
    for one in made:
        one.switch_off()


@pytest.fixture
def phone(phones: Phones) -> Phones:
    """The same, under a name that reads well where a story has one phone."""
    return phones


@pytest.fixture(autouse=True)
def good_evening(server: FieldServer) -> None:
    """Begin each story with a server that answers."""
    server.fault = None
    if not server.is_running:
        server.start()
