"""Firefox and WebKit keep a hand-out without a signal as Chromium does, where they are installed.

apt-get install firefox-esr; apt-get install webkit2gtk-driver xvfb
"""

import time
from contextlib import suppress

import pytest

from tests.browser.field import firefox, webkit
from tests.browser.field.phone import READ
from tests.durability.test_served import free_port

PATIENCE = 60  # seconds
TRIES = 3
STATE = "return document.documentElement.dataset.field"
WAITING = f"return ((await ({READ})(['field', 'outbox', 'getAll'])) ?? []).map(record => record.id)"
FIRST_TILE = "document.querySelector('.pockets button')"
SEND = "return import(document.querySelector('link[rel=modulepreload]').href).then(outbox => outbox.send())"
NAMES = ("Firefox", "WebKit")


@pytest.fixture(params=NAMES)
def engine(request, tmp_path):
    """Another browser than Chromium, or a skip that says how to get it."""
    if request.param == "Firefox":
        if firefox.FIREFOX is None:
            pytest.skip("Firefox is not installed: apt-get install firefox-esr")
        browser = firefox.Firefox(tmp_path / "profile")
    else:
        if not (webkit.DRIVER and webkit.SCREEN and webkit.BROWSER):
            pytest.skip("WebKit is not installed: apt-get install webkit2gtk-driver xvfb")
        browser = webkit.WebKit(tmp_path / "home", free_port())
    yield browser
    browser.close()


def wait_until(what, is_there):
    """Ask until an answer is the one hoped for, and return it."""
    end = time.monotonic() + PATIENCE
    while not is_there(answer := what()):
        assert time.monotonic() < end, answer
        time.sleep(0.05)
    return answer


def get_ready(engine, address):
    """Open the page until it says that it opens without a signal too; who sees that it does not say so opens it again.

    A WebKit on a busy machine was once seen to stay "usable" for a minute.
    """
    for _ in range(TRIES):
        engine.open(address)
        with suppress(AssertionError):
            wait_until(lambda: engine.run(STATE), lambda state: state == "ready")
            return
    pytest.fail(f"{engine.run(STATE)} after it was opened {TRIES} times")


def test_another_engine_sets_up_opens_without_a_server_keeps_a_tap_over_a_reload_and_sends_it(server, engine):
    # Maya signs in by her link, and the page gets ready to work without a signal.
    engine.open(server.sign_in_link("maya"))
    engine.run("document.querySelector('main form button').click()")
    wait_until(lambda: engine.address, lambda address: "/sign-in/" not in address)
    get_ready(engine, f"{server.url}/hand-out")
    before = server.handed_out()

    # The server goes. The page opens all the same, and one tap is saved on the phone.
    server.stop()
    engine.open(f"{server.url}/hand-out")
    wait_until(lambda: engine.run(STATE), lambda state: state in ("usable", "ready"))
    engine.run(f"{FIRST_TILE}.click()")
    kept = wait_until(lambda: engine.run(WAITING), len)
    engine.reload()
    assert engine.run(WAITING) == kept

    # The server is back: what waited is there once, and the phone has let go of it.
    server.start()
    engine.run(SEND)
    wait_until(lambda: engine.run(WAITING), lambda waiting: waiting == [])
    assert server.handed_out() - before == dict.fromkeys(kept, 1)
    assert "Balanced" in server.verify()
