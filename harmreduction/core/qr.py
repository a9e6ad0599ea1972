"""The picture on paper that a phone reads as an address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET_ZONE = 4  # modules around the code, so that phones find its edge


@dataclass(frozen=True, kw_only=True)
class QrCode:
    """A QR code as one path of an SVG; `size` is its width and height in modules, edge included."""

    path: str
    size: int


def qr_code(address: str) -> QrCode:
    """Return the QR code of an address."""
    rows = segno.make(address, error="m", micro=False).matrix
    path = "".join(piece for y, row in enumerate(rows, QUIET_ZONE) for piece in _dark_runs(row, y))
    return QrCode(path=path, size=len(rows) + 2 * QUIET_ZONE)


def _dark_runs(row: Sequence[int], y: int) -> Iterator[str]:
    """Return a box for each run of dark modules in a row."""
    x = QUIET_ZONE
    for is_dark, run in groupby(row):
        length = len(list(run))
        if is_dark:
            yield f"M{x} {y}h{length}v1h-{length}z"
        x += length
