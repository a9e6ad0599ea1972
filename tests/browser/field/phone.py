"""A phone: a window of Chromium, or one with a profile on disk that can be killed at any moment and looked through."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Locator, Page

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE, PHONE, follow
from tests.browser.field.server import FieldServer

READ = """async ([name, store, how]) => {
    const database = await new Promise((done, fail) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => done(request.result)
        request.onerror = () => fail(request.error)
    })
    if (!database.objectStoreNames.contains(store)) { database.close(); return null }
    const rows = await new Promise((done, fail) => {
        const request = database.transaction(store).objectStore(store)[how]()
        request.onsuccess = () => done(request.result)
        request.onerror = () => fail(request.error)
    })
    database.close()
    return rows
}"""

SHOW = """state => {
    Object.defineProperty(document, 'visibilityState', {get: () => state, configurable: true})
    Object.defineProperty(document, 'hidden', {get: () => state === 'hidden', configurable: true})
    document.dispatchEvent(new Event('visibilitychange'))
}"""
SEND = """(async () => {
    const others = () => navigator.locks.request('field-send', () => {})
    await others()
    await outbox.send()
    await others()
    const { left, why } = await outbox.status()
    return { left, why: left ? why : '' }
})()"""
SAVE_MANY = """outbox.recall('lists').then(({ places: [place], tiles: [tile] }) => {
    const one = () => ({ visit: crypto.randomUUID(), place: place.id, lines: tile.lines, ...%s })
    const all = Array.from({ length: %d }, () => outbox.save('hand_out', one(), { hold: 0 }))
    return Promise.all(all).then(saved => saved.map(({ id }) => id))
})"""


def until(ask: Callable[[], Any], otherwise: str) -> Any:
    """Ask until the answer is a yes, and return it."""
    end = time.monotonic() + PATIENCE / 1000
    while not (answer := ask()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.03)
    return answer


class FieldPhone:
    """Somebody's phone, at a server."""

    def __init__(self, server: FieldServer, browser: Browser, profile: Path | None = None, **options: Any) -> None:
        """Switch it on; without a profile on disk it starts sooner, and cannot be killed. options: of a window."""
        self.server, self.profile, self._browser = server, profile, browser
        self._options = {"viewport": PHONE, "base_url": server.url} | options
        self.trouble: list[str] = []
        self.switch_on()

    def switch_on(self) -> None:
        """Start the browser on what its profile holds."""
        if self.profile is None:
            self.context: BrowserContext = self._browser.new_context(**self._options)
            self.page: Page = self.context.new_page()
        else:
            for lock in self.profile.glob("Singleton*"):
                lock.unlink(missing_ok=True)
            self.context = self._browser.browser_type.launch_persistent_context(
                self.profile, executable_path=CHROMIUM, args=list(FLAGS), **self._options
            )
            self.page = self.context.pages[0]
        self.context.set_default_timeout(PATIENCE)
        self._watch(self.page)
        self.context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        """Note what goes wrong inside a page; that a request fails without a signal is no trouble."""
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on(
            "console",
            lambda line: (
                self.trouble.append(line.text)
                if line.type == "error" and "Failed to load resource" not in line.text
                else None
            ),
        )

    def switch_off(self) -> None:
        """End the browser as people do."""
        self.context.close()

    def kill(self) -> None:
        """End the browser as an empty battery does."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        while list(self._processes()):
            time.sleep(0.02)

    def _processes(self) -> Iterator[int]:
        """Find the processes of this profile."""
        mark = f"--user-data-dir={self.profile}".encode()
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                if folder.name.isdigit() and mark in (folder / "cmdline").read_bytes().split(b"\0"):
                    yield int(folder.name)

    # What somebody does with it.

    def sign_in(self, name: str) -> None:
        """Follow somebody's link, and stay signed in."""
        self.page.goto(self.server.sign_in_link(name))
        follow(self.page.locator("main form button").first)

    def open(self, address: str = "/hand-out", *, until: str = "usable") -> None:
        """Open the page for hand-outs, and wait until a tap goes into the outbox, or until no signal is needed."""
        self.page.goto(address)
        self.wait_until(until)

    def wait_until(self, state: str, page: Page | None = None) -> None:
        """Wait until the page says that it is usable, ready or plain."""
        enough = {"usable": ("usable", "ready"), "ready": ("ready",), "plain": ("plain",)}[state]
        selector = ", ".join(f"html[data-field={word}]" for word in enough)
        (page or self.page).wait_for_selector(selector)

    def wait_for(self, what: str) -> Any:
        """Ask the page until an expression holds, and return its value."""
        return until(lambda: self.page.evaluate(what), what)

    def set_up(self, name: str) -> None:
        """Sign in, open the page, and let it fetch all that it needs to work without a signal."""
        self.sign_in(name)
        self.open(until="ready")
        until(lambda: not self.remembered("kit").endswith("-core"), "the sections never came")
        self.page.wait_for_selector("#ways")  # and stand in the page

    def open_section(self, name: str) -> Locator:
        """Open a section of the page as its links do; its heading gets the focus when its buttons work."""
        self.page.evaluate("name => { location.hash = name }", name)
        self.wait_for_section(name)
        return self.page.locator(f"section#{name}")

    def wait_for_section(self, name: str) -> None:
        """Wait until the buttons of a section work."""
        self.wait_for(f"document.activeElement.matches('#{name} h2')")

    def tap(self, words: str, page: Page | None = None) -> None:
        """Tap a usual hand-out."""
        (page or self.page).get_by_role("button", name=words).first.click()

    @property
    def status(self) -> Locator:
        """The line that says what waits and what is sent."""
        return self.page.locator("#status")

    def pocket(self, page: Page | None = None) -> None:
        """Put it away and take it out again: what was held for an undo may go."""
        for state in ("hidden", "visible"):
            (page or self.page).evaluate(SHOW, state)

    def tap_and_pocket(self, words: str) -> str:
        """Tap a usual hand-out, put the phone away, and return the id of the record."""
        before = {record["id"] for record in self.queue()}
        self.tap(words)
        (record,) = until(lambda: {record["id"] for record in self.queue()} - before, "nothing was saved")
        self.pocket()
        return record

    def save_many(self, number: int, page: Page | None = None, **more: Any) -> list[str]:
        """Save usual hand-outs as fast as the phone can, each for another person; return their ids."""
        return self.do(SAVE_MANY % (json.dumps(more), number), page)

    def send_in(self, *pages: Page) -> None:
        """Let several tabs send at the same moment."""
        for page in pages:
            self.do("void outbox.send()", page)

    # What is on it.

    def queue(self, page: Page | None = None) -> list[dict[str, Any]]:
        """Return what waits, read from the browser's own database."""
        return (page or self.page).evaluate(READ, ["field", "outbox", "getAll"]) or []

    def remembered(self, name: str) -> Any:
        """Return one of the things that the phone remembers."""
        rows = self.page.evaluate(READ, ["field", "meta", "getAll"]) or []
        return next((row["value"] for row in rows if row["name"] == name), None)

    def wait_for_queue(self, length: int, page: Page | None = None) -> None:
        """Wait until so many records wait."""
        until(lambda: len(self.queue(page)) == length, f"not {length} wait")

    def send(self, page: Page | None = None) -> dict[str, Any]:
        """Send now, and when nothing else is being sent, whatever the pauses are; return what is left and why."""
        return self.do(SEND, page)

    def send_all(self) -> None:
        """Send until nothing waits."""
        until(lambda: self.send()["left"] == 0, "something still waits")

    def do(self, what: str, page: Page | None = None) -> Any:
        """Do something with the phone's own outbox, as its pages do."""
        address = (page or self.page).locator("link[rel=modulepreload]").first.get_attribute("href")
        return (page or self.page).evaluate(f"import({address!r}).then(outbox => {what})")

    def go_offline(self) -> None:
        """Lose the signal, as the browser notices it."""
        self.context.set_offline(True)

    def go_online(self) -> None:
        """Have a signal again."""
        self.context.set_offline(False)

    def devtools(self) -> CDPSession:
        """Return what only a browser's own tools can do."""
        return self.context.new_cdp_session(self.page)

    def files(self) -> Iterator[tuple[Path, bytes]]:
        """Return every file of its profile."""
        assert self.profile is not None
        for file in self.profile.rglob("*"):
            if file.is_file() and not file.is_symlink():
                yield file, file.read_bytes()
