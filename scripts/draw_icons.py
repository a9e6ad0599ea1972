"""Draw the icons that a phone shows on its home screen, from static/favicon.svg, into static/icons/.

It needs Chromium, and the packages playwright and pillow; run it after a change of the drawing:

    python scripts/draw_icons.py [path of Chromium]
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).parent.parent / "static"
TO = STATIC / "icons"
BACKGROUND = "#123d36"
COLOURS = 32  # the drawing has two, and edges between them

# file: (pixels of a side, how much of it the drawing takes; below 1 the background goes to every edge)
ICONS = {
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "icon-mask.png": (512, 0.8),  # phones cut these into a circle or a drop
    "icon-apple.png": (180, 0.9),
}


def main(chromium: str) -> None:
    """Draw every icon."""
    TO.mkdir(exist_ok=True)
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for name, (side, share) in ICONS.items():
            drawn = Image.open(io.BytesIO(draw(page, side, share)))
            drawn.quantize(COLOURS).save(TO / name, optimize=True)
            print(f"{name}: {(TO / name).stat().st_size} bytes")
        browser.close()


def draw(page: Page, side: int, share: float) -> bytes:
    """Return one icon as PNG."""
    drawing = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    inner, behind = round(side * share), BACKGROUND if share < 1 else "transparent"
    style = f"body{{margin:0;background:{behind};display:grid;place-items:center;height:100vh}}svg{{width:{inner}px}}"
    page.set_viewport_size({"width": side, "height": side})
    page.set_content(f"<style>{style}</style>{drawing}")
    return page.screenshot(omit_background=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
