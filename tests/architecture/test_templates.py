"""Templates, styles and scripts: escaped, translated, used, and small enough for a cold phone."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from harmreduction.config import HOUSE
from harmreduction.encounters.usual import STARTING

TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
CODE = sorted((HOUSE / "harmreduction").rglob("*.py"))
STYLES = (HOUSE / "static" / "css" / "app.css").read_text()
SCRIPTS = sorted((HOUSE / "static" / "js").rglob("*.js"))
ICONS = set(re.findall(r'<symbol id="([a-z-]+)"', (HOUSE / "static" / "icons.svg").read_text()))

TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
FOR_MACHINES = ("script", "style", "code", "pre")  # what is typed or read by one is the same in every language
SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")
NO_WORDS = {"btn", "btn-", "btn-wide", "-hint", "-error"}  # pieces of classes and ids that macros put together
NO_SENTENCES = {"BooleanField", "Windows-1252"}  # a type of field, an encoding

WORD = re.compile(r"[^\W\d_]{2}")
PLACEHOLDER = "\x00"  # stands for what a tag of the template writes


def name_of(path: Path) -> str:
    """Return a template as other templates name it."""
    return path.relative_to(HOUSE / "templates").as_posix()


def found_by(look: Callable[[Path], object], paths: list[Path] = TEMPLATES) -> dict[str, object]:
    """Look for something in every file, and return what was found in which."""
    return {path.relative_to(HOUSE).as_posix(): found for path in paths if (found := look(path))}


@pytest.fixture(scope="module")
def templates(app: Flask) -> Environment:
    """The application's templates."""
    return app.jinja_env


# Escaping ---------------------------------------------------------------------------------------------


def test_nothing_is_written_unescaped() -> None:
    found = found_by(lambda path: re.findall(r"\|\s*safe\b|\bMarkup\b|\bautoescape\b", path.read_text()))
    assert found == {}, "whatever a person entered could run as a script here"


def test_python_marks_one_thing_as_markup_the_icon() -> None:
    marking = {path.name for path in CODE if re.search(r"\bMarkup\(", path.read_text())}
    assert marking == {"assets.py"}


def test_no_style_and_no_script_stands_inline() -> None:
    inline = r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)"
    comment = re.compile(r"\{#.*?#\}", re.DOTALL)
    assert found_by(lambda path: re.findall(inline, comment.sub("", path.read_text()))) == {}


def test_nothing_is_loaded_from_another_server() -> None:
    loaded = r"""(?:src|srcset|href|action|poster|data)\s*=\s*["'](?:https?:)?//"""
    assert found_by(lambda path: re.findall(loaded, path.read_text())) == {}
    assert not re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", STYLES)


def test_scripts_write_text_and_never_markup() -> None:
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert found_by(lambda path: re.findall(markup, path.read_text()), SCRIPTS) == {}


def test_going_back_shows_no_numbers_that_were_saved_already() -> None:
    def filled_again(path: Path) -> list[str]:
        forms = re.findall(r"<form\b.*?</form>", path.read_text(), flags=re.DOTALL)
        once = [form.partition("\n")[0] for form in forms if "form_id" in form]
        return [opening for opening in once if 'autocomplete="off"' not in opening]

    found = found_by(filled_again)
    assert found == {}, "a page opened anew has a new id, so what the browser filled in would be saved twice"


# Words ------------------------------------------------------------------------------------------------


def test_every_visible_word_can_be_translated(templates: Environment) -> None:
    assert found_by(lambda path: visible_words(path, templates) - NO_WORDS) == {}


def visible_words(path: Path, templates: Environment) -> set[str]:
    """Return the words of a template that everybody would read as they stand there."""
    html = "".join(
        text if kind == "data" else PLACEHOLDER
        for _line, kind, text in templates.lex(path.read_text())
        if kind in ("data", "variable_begin", "block_begin")
    )
    spoken = re.findall(rf'\b(?:{"|".join(SPOKEN_ATTRIBUTES)})="([^"]*)"', html)
    for element in FOR_MACHINES:
        html = re.sub(rf"<{element}\b.*?</{element}>", "", html, flags=re.DOTALL)
    spoken += re.sub(r"<[^>]*>", PLACEHOLDER, html).split(PLACEHOLDER)
    return {text.strip() for text in spoken if WORD.search(text)}


def test_every_word_given_to_a_component_can_be_translated(templates: Environment) -> None:
    assert found_by(lambda path: given_words(path, templates) - NO_SENTENCES) == {}


def given_words(path: Path, templates: Environment) -> set[str]:
    """Return the words that a template gives to a component without marking them for translation."""
    tree = templates.parse(path.read_text())
    marked = {id(text) for call in calls(tree) if called(call) in TRANSLATES for text in call.find_all(nodes.Const)}
    return {
        text.value
        for text in tree.find_all(nodes.Const)
        if isinstance(text.value, str) and re.match(r"[A-Z][a-z]", text.value) and id(text) not in marked
    }


def test_what_is_marked_for_translation_is_a_whole_sentence(templates: Environment) -> None:
    """A name or a sum of texts in `_()` reaches no catalogue."""

    def broken(path: Path) -> list[int]:
        marked = [call for call in calls(templates.parse(path.read_text())) if called(call) in TRANSLATES]
        return [call.lineno for call in marked if not all(isinstance(text, nodes.Const) for text in sentences_of(call))]

    assert found_by(broken) == {}


def calls(tree: nodes.Template) -> Iterator[nodes.Call]:
    """Return every call in a template."""
    return tree.find_all(nodes.Call)


def called(call: nodes.Call) -> str | None:
    """Return the name of what is called."""
    return call.node.name if isinstance(call.node, nodes.Name) else None


def sentences_of(call: nodes.Call) -> list[nodes.Expr]:
    """Return the arguments that a translator sees."""
    return call.args[: 2 if called(call) in {"ngettext", "pgettext"} else 3 if called(call) == "npgettext" else 1]


# Use --------------------------------------------------------------------------------------------------


def test_whatever_is_imported_is_used() -> None:
    def unused(path: Path) -> list[str]:
        source, found = path.read_text(), []
        for line, names in re.findall(r"(\{%-? from '[^']+' import ([^%]+?)(?: with context)?\s*-?%\})", source):
            rest = source.replace(line, "")
            found += [name for name in re.split(r",\s*", names) if not re.search(rf"\b{name}\(", rest)]
        return found

    assert found_by(unused) == {}


def test_every_template_is_used() -> None:
    quoted = re.compile(r"""['"]([^'"\s]+\.html)(?=['"])""")
    named = {name for path in [*TEMPLATES, *CODE] for name in quoted.findall(path.read_text())}
    unused = set(map(name_of, TEMPLATES)) - named
    assert {name for name in unused if not re.fullmatch(r"errors/\d{3}\.html", name)} == set()


def test_every_address_that_a_template_builds_is_one_of_ours(app: Flask) -> None:
    asked = {name for path in TEMPLATES for name in re.findall(r"url_for\(\s*'([^']+)'", path.read_text())}
    assert asked - app.view_functions.keys() == set()


def test_every_icon_is_in_the_sprite() -> None:
    named = {icon for _name, icon, _lines in STARTING}
    for path in TEMPLATES:
        named |= set(re.findall(r"(?:\bicon\(|symbol=|'icon':\s*)'([a-z-]+)'", path.read_text()))
    for path in CODE:
        named |= set(re.findall(r'(?:\bicon=|"icon":\s*)"([a-z-]+)"', path.read_text()))
    assert named - ICONS == set()


# Looks ------------------------------------------------------------------------------------------------


def test_the_style_sheet_stays_small() -> None:
    assert len(gzip.compress(STYLES.encode(), 9)) <= 8 * 1024


def test_night_is_the_same_however_it_was_chosen() -> None:
    chosen, by_the_system = (
        re.search(rf"{re.escape(selector)} \{{(.*?)\}}", STYLES, re.DOTALL)
        for selector in (':root[data-theme="dark"]', ':root:not([data-theme="light"])')
    )
    assert chosen is not None and by_the_system is not None
    assert chosen[1].split() == by_the_system[1].split()


def test_pages_turn_for_languages_that_read_from_right_to_left() -> None:
    physical = (
        r"(?:margin|padding|border|inset)-(?:left|right)|(?<![-\w])(?:left|right|float):|text-align:\s*(?:left|right)"
    )
    assert re.findall(physical, STYLES) == []
