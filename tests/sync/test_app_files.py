"""The files of the log page: small, kept for good, and never of two versions at once."""

import gzip
import re

from harmreduction.config import HOUSE
from harmreduction.sync.app_files import AT_ONCE, WORKER, app_version, module_address, module_text, names, worker_text

FIRST_BUDGET = 10_000  # bytes of gzip: what the log page is made of
FIELD_BUDGET = 12_800  # with the sections that are opened now and then
ICONS_BUDGET = 16 * 1024
FOLDER = HOUSE / "static" / "js" / "field"


def test_all_that_runs_on_the_log_page_is_small(app):
    with app.app_context():
        sent = {name: module_text(name).encode() for name in names()}
    each = {name: len(gzip.compress(text, 9)) for name, text in sent.items()}
    first = b"".join(sent[name] for name in (*AT_ONCE, WORKER))
    assert len(gzip.compress(first, 9)) <= FIRST_BUDGET, each
    assert len(gzip.compress(b"".join(sent.values()), 9)) <= FIELD_BUDGET, each


def size_of(png: bytes) -> str:
    """Return how large a picture is, as a manifest says it."""
    assert png.startswith(b"\x89PNG")
    return "x".join(str(int.from_bytes(png[start : start + 4])) for start in (16, 20))


def test_the_home_screen_is_told_all_that_it_asks_and_the_icons_are_small_and_as_large_as_they_say(app, client):
    manifest = client.get("/field/manifest.json")
    assert manifest.mimetype == "application/manifest+json"
    told = manifest.get_json()
    assert (told["start_url"], told["display"], told["name"]) == ("/hand-out", "standalone", "Log")
    assert told["start_url"].startswith(told["scope"])
    assert {"id", "short_name", "theme_color", "background_color"} <= set(told)
    icons = [(icon, client.get(icon["src"]).data) for icon in told["icons"]]
    assert [size_of(picture) for _icon, picture in icons] == [icon["sizes"] for icon, _picture in icons]
    wanted = {("any", "192x192"), ("any", "512x512"), ("maskable", "512x512")}
    assert {(icon["purpose"], icon["sizes"]) for icon, _picture in icons} == wanted
    assert sum(len(picture) for _icon, picture in icons) <= ICONS_BUDGET


def test_modules_say_at_their_top_what_they_promise_and_travel_without_saying_it(app):
    with app.app_context():
        for name in names():
            written, sent = (FOLDER / f"{name}.js").read_text(), module_text(name)
            assert written.startswith("/*"), f"{name}.js says at its top what it promises"
            assert not re.search(r"^\s*(/\*|\*/|//)", sent, re.MULTILINE)


def test_a_module_is_kept_for_good_and_one_of_before_is_not_mixed_with_those_of_today(app, client):
    with app.app_context():
        address = module_address("outbox")
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    for nowhere in ("outbox.js", "secret.js", "..%2Fscan.js"):
        assert client.get(f"/field/app/0000000000/{nowhere}").status_code == 404


def test_the_worker_looks_after_the_log_page_and_brings_the_outbox_with_it(app, client):
    answer = client.get("/field/worker.js")
    assert (answer.status_code, answer.headers["Service-Worker-Allowed"]) == (200, "/hand-out")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "private, no-cache")
    with app.app_context():
        assert worker_text().startswith(module_text("outbox"))
        assert not re.search(r"\bimport\b[^(]*from", worker_text())
    unchanged = client.get("/field/worker.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert unchanged.status_code == 304


def test_a_change_of_one_file_moves_them_all(app, tmp_path, monkeypatch):
    (tmp_path / "js" / "field").mkdir(parents=True)
    (tmp_path / "js" / "field" / "outbox.js").write_text("export const a = 1;\n")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    with app.app_context():
        first = app_version()
        (tmp_path / "js" / "field" / "log.js").write_text('import "./outbox.js";\n')
        assert app_version() != first


def test_the_quiet_page_tells_of_nothing(client):
    page = client.page("/quiet")
    assert "<title>Notes</title>" in page
    assert not re.search(r"<form|<a |<script|Harm|hand", page)
