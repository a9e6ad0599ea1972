"""The picture on a slip that a phone reads as an address."""

from dataclasses import dataclass

import segno

QUIET_ZONE = 4  # modules around the code, so that phones find its edge


@dataclass(frozen=True)
class QrCode:
    """A QR code as one path of an SVG, drawn in modules; `size` is its width and height, edge included."""

    path: str
    size: int


def qr_code(address: str) -> QrCode:
    """Return the QR code of an address."""
    matrix = segno.make(address, error="m", micro=False).matrix
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return QrCode(path=path, size=len(matrix) + 2 * QUIET_ZONE)
