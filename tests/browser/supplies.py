"""What several stories about supplies do on the way."""

from playwright.sync_api import Page

from tests.browser.conftest import follow


def open_place(page: Page, place: str) -> None:
    """Open the page of a place where supplies lie."""
    page.goto("/stock/")
    follow(page.get_by_role("link", name=place, exact=True))


def on_hand(page: Page, place: str, item: str) -> int:
    """Read how many units of an item lie at a place, over all its lots."""
    open_place(page, place)
    row = page.locator(".shelf tbody tr").filter(has=page.locator("th", has_text=item))
    return int(row.locator(".num").inner_text().split()[0].replace(",", ""))


def open_part(page: Page, part: str) -> None:
    """Open a part of supplies from the menu, which is folded on a phone."""
    page.goto("/stock/")
    fold = page.get_by_text("All of stock")
    if fold.is_visible():
        fold.click()
    follow(page.get_by_role("navigation", name="Stock").get_by_role("link", name=part, exact=True))
