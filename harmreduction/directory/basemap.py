"""The map that lies underneath when no tile server is set: outlines, water and names of cities (see SOURCES.md)."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "basemap"
PARTS = ("countries", "counties", "water", "cities")


@cache
def basemap_version() -> str:
    """Return a short text that changes whenever one of the files does."""
    return hashlib.sha256(b"".join(packed(part) for part in PARTS)).hexdigest()[:10]


@cache
def packed(part: str) -> bytes:
    """Return one of the files as it lies on the disk: JSON under gzip."""
    return (FOLDER / f"{part}.json.gz").read_bytes()


def unpacked(part: str) -> bytes:
    """Return one of the files as JSON, for the rare browser that cannot unpack it."""
    return gzip.decompress(packed(part))
