"""Words, numbers, days and units in the language of the person who reads."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from harmreduction.core.messages import counted_message, message
from harmreduction.web import i18n
from harmreduction.web.i18n import (
    choose_language,
    clock_time,
    compile_catalogues,
    day,
    number,
    say,
    translated,
    unit_name,
    units,
)

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Van"
msgstr "Camioneta"
"""


@dataclass
class Item:
    unit: str
    unit_plural: str
    doses_per_unit: int = 0


KIT = Item("kit", "kits", doses_per_unit=2)


@pytest.fixture
def reading(app):
    """Return a function that begins a request of somebody with these languages and this choice."""

    def begin(accept="en", chosen=None):
        headers = {"Accept-Language": accept, **({"Cookie": f"language={chosen}"} if chosen else {})}
        return app.test_request_context(headers=headers)

    return begin


@pytest.mark.parametrize(
    ("accept", "chosen", "language"),
    [
        ("en-US,en;q=0.9", None, "en"),
        ("es-MX,es;q=0.9,en;q=0.5", None, "es"),
        ("fr-FR,fr", None, "en"),
        ("", None, "en"),
        ("es", "en", "en"),
        ("en", "es", "es"),
        ("es", "klingon", "es"),
        ("en;q=banana", None, "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(reading, accept, chosen, language):
    with reading(accept, chosen):
        assert choose_language() == language


def test_numbers_days_and_times_look_as_people_write_them(reading):
    evening = datetime(2026, 11, 22, 3, 41, tzinfo=UTC)
    with reading("en"):
        assert (number(3_644_444), day(date(2026, 11, 21))) == ("3,644,444", "Nov 21, 2026")
        assert clock_time(evening, "America/New_York") == "22:41"
    with reading("es"):
        assert (number(12_345), number(0.4)) == ("12,345", "0.4")  # as on the packs of the Americas
        assert "2026" in day(date(2026, 11, 21))


def test_units_have_their_name_and_doses_are_counted_apart(reading):
    with reading("en"):
        assert (units(KIT, 1), units(KIT, 2)) == ("1 kit (2 doses)", "2 kits (4 doses)")
        assert units(Item("syringe", "syringes"), 1_000) == "1,000 syringes"
        assert units(Item("dose", "doses", doses_per_unit=1), 3) == "3 doses"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_percent_sign_that_the_programme_wrote_into_a_name_is_one(reading, language):
    strange = Item("70 % pad", "70 % pads (100%s)")
    with reading(language):
        assert (unit_name(strange, 1), units(strange, 5)) == ("70 % pad", "5 70 % pads (100%s)")
        assert translated("5 % bleach, %(odd)s") == "5 % bleach, %(odd)s"


def test_a_marked_sentence_is_said_with_its_values_and_the_sentences_in_it(reading):
    with reading("en"):
        assert (
            say(message("%(browser)s on %(system)s", browser=message("A browser"), system="Linux"))
            == "A browser on Linux"
        )
        many = counted_message("%(count)s try left.", "%(count)s tries left.", 4)
        assert say(many) == "4 tries left."
        assert translated("") == ""


def test_a_catalogue_is_compiled_when_its_source_is_newer(tmp_path):
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "messages.po", folder / "messages.mo"
    source.write_text(CATALOGUE)
    compile_catalogues(tmp_path)
    first = compiled.stat().st_mtime_ns
    compile_catalogues(tmp_path)
    assert compiled.stat().st_mtime_ns == first
    assert b"Camioneta" in compiled.read_bytes()
    assert list(folder.iterdir()) in ([source, compiled], [compiled, source])


def test_processes_that_start_at_the_same_moment_may_all_compile(tmp_path, monkeypatch):
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE)
    write = i18n.write_mo

    def write_while_another_process_begins_and_ends(binary, catalogue):
        monkeypatch.setattr(i18n, "write_mo", write)
        with monkeypatch.context() as another:
            another.setattr(os, "getpid", lambda: 1)
            compile_catalogues(tmp_path)
        write(binary, catalogue)

    monkeypatch.setattr(i18n, "write_mo", write_while_another_process_begins_and_ends)
    compile_catalogues(tmp_path)
    assert b"Camioneta" in (folder / "messages.mo").read_bytes()
    assert {file.name for file in folder.iterdir()} == {"messages.po", "messages.mo"}
