"""A conversation from the invitation to its end."""

from tests.factories import make_site
from tests.pages import hidden, text_of


def begin(client, keeping="nothing", **fields):
    page = client.page("/conversations/begin")
    answer = client.send(
        "/conversations/begin", form_id=hidden(page, "form_id"), site=hidden(page, "site"), keeping=keeping, status=303, language="en", **fields
    )
    return answer.headers["Location"]


def test_whole(sign_in_as):
    site = make_site()
    client = sign_in_as("clinician", sites=(site.id,))
    now = begin(client)
    page = client.page(now)
    for code in ("strengths", "now", "alone", "mood", "mine", "mix"):
        page = client.page(f"{now}/cards/{code}?go_on=1")
        answer = client.post(f"{now}/cards/{code}", data={"revision": hidden(page, "revision"), "words": f"words {code}"})
        assert answer.status_code == 303, text_of(answer)
        page = client.page(now)
        assert f"words {code}" in page
    client.page(f"{now}/cards/od_self")
    answer = client.post(f"{now}/cards/mix", data={"revision": "0", "words": "other"})
    assert "Two versions" in text_of(answer)
    client.page(f"{now}/wishes")
    end = client.page(f"{now}/end")
    answer = client.send(f"{now}/end", keeping="without_code", version=hidden(end, "version"), status=303)
    saved = client.page(answer.headers["Location"])
    assert "Your plan number" in saved
    again = client.send(f"{now}/end", keeping="without_code", version=hidden(end, "version"), status=303)
    assert again.headers["Location"] == answer.headers["Location"]
