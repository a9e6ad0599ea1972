"""Files that browsers keep for good travel pressed, and say what they said before."""

import brotli
import pytest

from harmreduction.config import HOUSE
from harmreduction.web.pressing import made_small

PRESSED = {"Accept-Encoding": "gzip, br"}
STYLE = "/static/css/app.css?v=1"


@pytest.mark.parametrize(
    ("written", "travels"),
    [
        ("/* Why. */\n.a > .b,\n.c {\n  margin: 0 auto;\n  color: red;\n}\n", "\n.a > .b,.c{margin:0 auto;color:red;}"),
        ("p::after { content: '/* : ; */  \"'; }", "p::after{content:'/* : ; */  \"';}"),
        ("/*! MIT */ p :hover { inset: calc(1em + 2px) }", "/*! MIT */ p :hover{inset:calc(1em + 2px)}"),
        ("@media screen and (width: 1px) { a { b: c } }", "@media screen and (width:1px){a{b:c}}"),
        ("a\n  b { }", "a\nb{}"),
    ],
)
def test_styles_lose_what_only_readers_need(written, travels):
    assert made_small(written) == travels
    assert made_small(travels) == travels


def test_a_file_that_is_kept_for_good_is_pressed_once_it_has_a_version(app):
    client = app.test_client()
    written = (HOUSE / "static/css/app.css").read_text()
    pressed = client.get(STYLE, headers=PRESSED, buffered=True)
    assert pressed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in pressed.headers["Vary"]
    assert brotli.decompress(pressed.data).decode() == made_small(written)
    assert pressed.content_length == len(pressed.data) == len(client.get(STYLE, headers=PRESSED, buffered=True).data)
    assert not {"ETag", "Last-Modified", "Content-Disposition"} & {*pressed.headers.keys()}
    assert client.get(STYLE, headers={"Accept-Encoding": "identity"}, buffered=True).text == written
    without_a_version = client.get("/static/css/app.css", buffered=True)
    assert "ETag" in without_a_version.headers


def test_a_picture_is_sent_as_it_is(app):
    picture = app.test_client().get("/static/icons/icon-192.png?v=1", headers=PRESSED, buffered=True)
    assert "Content-Encoding" not in picture.headers
    assert picture.data == (HOUSE / "static/icons/icon-192.png").read_bytes()
