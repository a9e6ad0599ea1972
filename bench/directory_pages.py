"""The finder and the map as a phone opens them for the first time."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from flask import Flask

from bench.measure import Figure
from bench.server import BROWSER_FLAGS, MOST_SECONDS, NO_BROWSER, Server, find_browser, load, over_the_wire, served

FINDER_KILOBYTES = 40
POINTS_KILOBYTES = 600
PAINTED_SECONDS = 2.5
TIMES_OPENED = 3
FOUND = "/find/?where=Baltimore%2C+MD&offers=naloxone"
PAINTED = "performance.getEntriesByName('services-painted')[0].startTime / 1000"


def first_loads(instance: Path, *, services: int) -> Iterator[Figure]:
    """Open the finder, what it found, and the map, each with nothing of ours cached."""
    browser = find_browser()
    with served(instance) as server:
        for name, path in (("finder, first load over the wire", "/find/"), ("finder, a page of what was found", FOUND)):
            yield over_the_wire(name, load(browser, server, path) if browser else (), FINDER_KILOBYTES)
        painted = _seconds_to_painted(browser, server, services) if browser else []
    yield Figure(
        name=f"map of {services:,} services, to painted",
        measured=median(painted) if painted else None,
        goal=PAINTED_SECONDS,
        unit="s",
        missing="" if painted else NO_BROWSER,
        details=["opened: " + ", ".join(f"{seconds:.2f} s" for seconds in painted)],
    )


def points_over_the_wire(app: Flask, *, services: int) -> Figure:
    """Count what the map fetches, packed as the app packs it for a browser of today."""
    answer = app.test_client().get("/map/points.json", headers={"Accept-Encoding": "gzip, br, zstd"})
    whole = app.test_client().get("/map/points.json").data
    if answer.status_code != 200 or "Content-Encoding" not in answer.headers:
        raise RuntimeError("The services of the map did not come packed.")
    return Figure(
        name=f"{services:,} services for the map",
        measured=len(answer.data) / 1000,
        goal=POINTS_KILOBYTES,
        unit="KB",
        details=[
            f"{answer.headers['Content-Encoding']}; by gzip {len(gzip.compress(whole)) / 1000:,.0f} KB, "
            f"unpacked {len(whole) / 1000:,.0f} KB"
        ],
    )


def _seconds_to_painted(browser_path: str, server: Server, services: int) -> list[float]:
    """Return how long the map takes from the click to its last service, each time with nothing cached."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(BROWSER_FLAGS))
        for _ in range(TIMES_OPENED):
            page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
            page.goto(f"{server.url}/map")
            page.wait_for_selector(f"[data-painted='{services}']", state="attached", timeout=MOST_SECONDS * 1000)
            taken.append(float(page.evaluate(PAINTED)))
            page.context.close()
        browser.close()
    return taken
