"""The log page on a slow phone, in Chromium: what comes over the wire, how soon it is of use, a tap, a full queue."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask
from waitress.server import create_server

from bench.measure import Figure
from bench.server import BROWSER_FLAGS, NO_BROWSER, find_browser

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page

KILOBYTES, REQUESTS = 30, 8
USABLE, READY, AGAIN, SENT = 2000, 4000, 700, 20  # milliseconds, and seconds for what is sent
TAP = 100  # milliseconds
NOW_AND_THEN = 250  # milliseconds; asking a slow page on every frame whether it is done makes its taps a third slower
LOADS, TAPS, QUEUED = 5, 100, 500
SLOW_CPU, SLOWEST_CPU = 4, 6
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # 400 kbps
PATIENCE = 120_000  # milliseconds

# A tap saves; the marks are set by the page itself (static/js/field/log.js).
MARK = "(name) => performance.getEntriesByName(name)[0].startTime"
SAVES = "performance.getEntriesByName('field-save').map((one) => one.duration)"
SAVED = "(n) => performance.getEntriesByName('field-save').length >= n"
OUTBOX = "document.querySelector('script[src*=\"/field/app/\"]').src.replace('log.js', 'outbox.js')"
FILL = """async ([address, count]) => {
  const outbox = await import(address);
  const place = (await outbox.recall("lists")).places[0];
  const [item] = Object.keys(place.lots);
  const lines = [{ item, units: 1, lot: place.lots[item][0].id, how: "inferred" }];
  for (let number = 0; number < count; number += 1)
    await outbox.save("hand_out", { visit: crypto.randomUUID(), place: place.id, lines }, { hold: 0 });
}"""
SEND = """async (address) => {
  const outbox = await import(address);
  for (;;) {
    const { waiting } = await outbox.status();
    if (!waiting) return;
    await outbox.send();
  }
}"""


@dataclass
class Wire:
    """A WSGI application that counts what it answers: one entry a request, its path and its bytes with headers."""

    app: Callable[..., Iterable[bytes]]
    answered: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        """Answer, and count."""
        size = 0

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal size
            size += len(f"HTTP/1.1 {status}\r\n") + sum(len(f"{name}: {value}\r\n") for name, value in headers) + 2
            return start_response(status, headers, *rest)

        for part in self.app(environ, started):
            size += len(part)
            yield part
        self.answered.append((str(environ["PATH_INFO"]), size))


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A browser window of a phone's size, the log page's server, and its wire."""

    url: str
    wire: Wire
    open: Callable[[], "BrowserContext"]


def figures(app: Flask, cookie: tuple[str, str]) -> Iterator[Figure]:
    """Measure the log page in Chromium; without one, say so."""
    browser = find_browser()
    if browser is None:
        yield Figure(name="log page on a phone", measured=None, goal=USABLE, unit="ms", missing=NO_BROWSER)
        return
    with _phone(app, browser, cookie) as phone:
        yield from _first_load(phone)
        yield from _slow_line(phone)
        yield _tap(phone)
        yield _full_queue(phone)


@contextmanager
def _phone(app: Flask, browser_path: str, cookie: tuple[str, str]) -> Iterator[Phone]:
    """Answer on a free port, and open windows that have nothing of ours yet."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    wire = Wire(app)
    server = create_server(wire, host="127.0.0.1", port=0, threads=4, ident=None)
    threading.Thread(target=server.run, daemon=True).start()
    url = f"http://127.0.0.1:{server.effective_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(BROWSER_FLAGS))

        def window() -> "BrowserContext":
            context = browser.new_context(viewport={"width": 360, "height": 640}, base_url=url)
            context.set_default_timeout(PATIENCE)
            context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
            return context

        yield Phone(url=url, wire=wire, open=window)
        browser.close()
    server.close()


def _first_load(phone: Phone) -> Iterator[Figure]:
    """Count everything that the server answers until the page works without a signal, the worker's requests too."""
    context = phone.open()
    phone.wire.answered.clear()
    _open_ready(context)
    answered = list(phone.wire.answered)
    context.close()
    lines = [f"{size:6} bytes  {path}" for path, size in answered]
    yield Figure(
        name="log page, until it works without a signal, over the wire",
        measured=sum(size for _, size in answered) / 1000,
        goal=KILOBYTES,
        unit="KB",
        details=lines,
    )
    yield Figure(name="the same, requests", measured=len(answered), goal=REQUESTS, details=lines)


def _slow_line(phone: Phone) -> Iterator[Figure]:
    """Open the page at 400 kbps, 400 ms away, on a processor four times slower; then again with no network at all."""
    drawn, usable, ready, again = [], [], [], []
    for _ in range(LOADS + 1):
        context = phone.open()
        page = context.new_page()
        wire = _slow(context, page, SLOW_CPU)
        wire.send("Network.emulateNetworkConditions", SLOW_LINE)
        page.goto("/hand-out", wait_until="commit")
        _until(page, "ready")
        drawn.append(float(page.evaluate(MARK, "first-contentful-paint")))
        usable.append(float(page.evaluate(MARK, "field-usable")))
        ready.append(float(page.evaluate(MARK, "field-ready")))
        context.set_offline(True)
        page.goto("/hand-out", wait_until="commit")
        _until(page, "ready")
        again.append(float(page.evaluate(MARK, "field-usable")))
        context.close()
    yield _times("log page at 400 kbps, 4 × CPU: tiles there, as a form", drawn[1:], USABLE)
    yield _times("the same: a tap is saved on the phone", usable[1:], USABLE)
    yield _times("the same: works without a signal", ready[1:], READY)
    yield _times("second visit with no network, 4 × CPU: usable", again[1:], AGAIN)


def _tap(phone: Phone) -> Figure:
    """Tap a tile again and again, with no network, on a processor six times slower."""
    context = phone.open()
    page = _open_ready(context)
    context.set_offline(True)
    _slow(context, page, SLOWEST_CPU)
    tile = page.locator("button[name=give]").first
    for number in range(1, TAPS + 1):
        tile.click()
        page.wait_for_function(SAVED, arg=number, polling=NOW_AND_THEN)
    taken = [float(one) for one in page.evaluate(SAVES)]
    context.close()
    return Figure(
        name="tap to Saved on disk, 6 × CPU, 95 of 100",
        measured=quantiles(taken, n=20)[-1],
        goal=TAP,
        unit="ms",
        details=[f"median {median(taken):.1f} ms, most {max(taken):.1f} ms"],
    )


def _full_queue(phone: Phone) -> Figure:
    """Queue 500 hand-outs with no network, then send them at 400 kbps, 400 ms away."""
    context = phone.open()
    page = _open_ready(context)
    outbox = page.evaluate(OUTBOX)
    context.set_offline(True)
    page.evaluate(FILL, [outbox, QUEUED])
    context.set_offline(False)
    wire = _slow(context, page, 1)
    wire.send("Network.emulateNetworkConditions", SLOW_LINE)
    began = perf_counter()
    page.evaluate(SEND, outbox)
    seconds = perf_counter() - began
    context.close()
    return Figure(name=f"{QUEUED} queued, sent at 400 kbps", measured=seconds, goal=SENT, unit="s")


def _open_ready(context: "BrowserContext") -> "Page":
    """Open the log page and wait until it works without a signal."""
    page = context.new_page()
    page.goto("/hand-out")
    _until(page, "ready")
    return page


def _until(page: "Page", state: str) -> None:
    """Wait until the page says of itself that it is so far."""
    page.wait_for_function("(state) => document.documentElement.dataset.field === state", arg=state)


def _slow(context: "BrowserContext", page: "Page", times: int) -> "CDPSession":
    """Slow the page's processor down, and return the way to slow its network."""
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Emulation.setCPUThrottlingRate", {"rate": times})
    return wire


def _times(name: str, taken: Sequence[float], goal: float) -> Figure:
    """Return the median of some loads; the first was not counted, it warmed the server up."""
    loads = ", ".join(f"{one:.0f} ms" for one in taken)
    return Figure(name=name, measured=median(taken), goal=goal, unit="ms", details=[f"loads: {loads}"])
