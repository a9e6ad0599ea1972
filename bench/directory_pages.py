"""The finder as a phone opens it for the first time."""

from collections.abc import Iterator
from pathlib import Path

from bench.measure import Figure
from bench.server import find_browser, load, over_the_wire, served

KILOBYTES = 40
PAGES = {
    "finder, first load over the wire": "/find/",
    "finder, a page of what was found": "/find/?where=Baltimore%2C+MD&offers=naloxone",
}


def first_loads(instance: Path) -> Iterator[Figure]:
    """Open the finder with nothing of ours cached: its first screen, and a page of what it found."""
    browser = find_browser()
    with served(instance) as server:
        for name, path in PAGES.items():
            yield over_the_wire(name, load(browser, server, path) if browser else (), KILOBYTES)
