"""The map of a country's services: what folium costs, what goes over the wire, and when it is painted."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter

from flask import Flask
from waitress.server import create_server

from bench.measure import Figure
from bench.server import BROWSER_FLAGS, BROWSERS

SHELL_MILLISECONDS = 10
POINTS_KILOBYTES = 600
PAINTED_SECONDS = 2.5
ROUNDS = 50
OPENED = 5  # times, each in a browser that has nothing of ours yet
MOST_MILLISECONDS = 120_000
PAINTED = "performance.getEntriesByName('services-painted')[0].startTime / 1000"


def map_figures(app: Flask) -> Iterator[Figure]:
    """Measure the map of an app whose directory `fill_directory` has filled with 30,000 services."""
    yield _shell(app)
    yield _points(app)
    yield _painted(app)


def _shell(app: Flask) -> Figure:
    """Time what folium draws, asked for as a browser asks, each time drawn anew."""
    from harmreduction.directory.maps import draw  # noqa: PLC0415  (folium, which only maps load)

    client = app.test_client()
    client.get("/map/script.js")
    taken = []
    for _ in range(ROUNDS):
        draw.cache_clear()
        began = perf_counter()
        client.get("/map/script.js")
        taken.append((perf_counter() - began) * 1000)
    return Figure(name="map shell, drawn and sent", measured=median(taken), goal=SHELL_MILLISECONDS, unit="ms")


def _points(app: Flask) -> Figure:
    """Weigh the services of the map as they go over the wire, in the packing that all browsers know."""
    answer = app.test_client().get("/map/points.json", headers={"Accept-Encoding": "gzip"})
    plain = app.test_client().get("/map/points.json")
    return Figure(
        name=f"{len(plain.get_json()['columns']['name']):,} services for the map, gzip",
        measured=len(answer.data) / 1000,
        goal=POINTS_KILOBYTES,
        unit="KB",
        details=[f"{len(plain.data) / 1000:.0f} KB unpacked"],
    )


def _painted(app: Flask) -> Figure:
    """Open the map in Chromium and read when every service was on it, counted from the first request."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    taken: Sequence[float] = ()
    if browser:
        with _answered(app) as url:
            taken = _open(browser, url)
    return Figure(
        name="map, first load, all services painted",
        measured=median(taken) if taken else None,
        goal=PAINTED_SECONDS,
        unit="s",
        missing="" if browser else "no Chromium",
        details=["loads: " + ", ".join(f"{seconds:.2f} s" for seconds in taken)],
    )


def _open(browser_path: str, url: str) -> list[float]:
    """Return the seconds that each load took; the first warms the server up and is not counted."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(BROWSER_FLAGS))
        for _ in range(OPENED + 1):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.goto(f"{url}/map?where=")
            page.wait_for_selector("[data-painted]", state="attached", timeout=MOST_MILLISECONDS)
            taken.append(float(page.evaluate(PAINTED)))
            context.close()
        browser.close()
    return taken[1:]


@contextmanager
def _answered(app: Flask) -> Iterator[str]:
    """Answer requests on a free port with the server that `make run` uses."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
