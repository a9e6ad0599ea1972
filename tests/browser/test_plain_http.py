"""In an office network without a certificate, browsers send no Sec-Fetch-Site: forms still have to arrive."""

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE, PHONE, follow

OFFICE = "tracker.test"


def test_under_a_plain_http_name_a_form_tells_its_origin_and_is_accepted(house, browser, monkeypatch):
    # The app answers under a name that is not this machine's own, so Chromium trusts the connection less.
    monkeypatch.setitem(house.app.config, "TRUSTED_HOSTS", [OFFICE])
    flags = [*FLAGS, f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1"]
    away = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    page = away.new_page(viewport=PHONE)
    page.set_default_timeout(PATIENCE)
    posts = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)

    # Maya signs in by her link, which is a form, and sees the page for hand-outs.
    page.goto(house.sign_in_link("maya").replace("127.0.0.1", OFFICE))
    follow(page.locator("main form button").first)
    assert "/sign-in/" not in page.url
    assert page.get_by_role("heading", level=1).inner_text() != "This did not work"

    sent = [request.all_headers() for request in posts]
    assert [headers["origin"] for headers in sent] == [house.url.replace("127.0.0.1", OFFICE)]
    assert "sec-fetch-site" not in sent[0]
    away.close()
