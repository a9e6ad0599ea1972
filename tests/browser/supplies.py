"""What several stories about supplies do on the way."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import follow

PUT_AWAY = """() => {
    Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})
    document.dispatchEvent(new Event('visibilitychange'))
    Object.defineProperty(document, 'hidden', {get: () => false, configurable: true})
}"""


def open_log(page: Page) -> None:
    """Open the page for hand-outs, and wait until it works without a signal."""
    page.goto("/hand-out")
    page.locator("html[data-field=ready]").wait_for()


def put_away(page: Page) -> None:
    """Put the phone away: what was saved on it is sent at once."""
    page.evaluate(PUT_AWAY)
    expect(page.get_by_role("status")).to_contain_text("Everything is sent")


def hand_out(page: Page, *tiles: str) -> None:
    """Tap usual hand-outs, each once, and put the phone away."""
    open_log(page)
    for tile in tiles:
        page.get_by_role("button", name=tile).first.click()
    for tile in tiles:
        expect(page.get_by_role("status")).to_contain_text(tile)
    put_away(page)


def stay_plain(page: Page) -> None:
    """Let the page for hand-outs stay as the server made it: what phones keep never comes."""
    page.route("**/field/kit", lambda route: route.fulfill(content_type="text/html", body="Tap to agree."))


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
