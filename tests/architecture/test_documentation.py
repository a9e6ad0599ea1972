"""The documents say what is so: commands, settings, files, functions, layers and columns are compared with the code."""

import ast
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import harmreduction
import start
from harmreduction.cli import hr
from harmreduction.core.classification import Retention, Sensitivity
from scripts import data_dictionary

ROOT = Path(start.__file__).parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("harmreduction/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/adr/*.md"))
FOR_TESTS = {"HR_REAL_DATA", "HR_LONG"}

MAKE = re.compile(r"\bmake ([a-z]+)\b")
START = re.compile(r"start\.py ([a-z]+)(?:\|([a-z]+))?")
COMMAND = re.compile(r"(?<![\w-])hr ([a-z]+(?:-[a-z]+)*)(?=[`\s.,)])")
SETTING = re.compile(r"\b(HR_[A-Z_]+|PORT)\b")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|\bsrc=\"([^\"]+)\"")
FILE = re.compile(r"`((?:harmreduction|templates|tests|scripts|migrations|static|translations|bench|docs)/[\w./-]*)`")
CALL = re.compile(r"`(\w+)\(\)`|`([A-Z]\w+)`")
WHO_CAME = re.compile(r"name|birth|phone|mail|address|photo|picture|insurance|latitude|longitude|gender|race")
ABOUT_VISITS = {"encounter", "distribution", "distribution_void", "supply_line"}


def shown(document: Path) -> str:
    """Return how a document is called in a message."""
    return str(document.relative_to(ROOT))


def said_by(pattern: re.Pattern[str], documents: list[Path] = DOCUMENTS) -> set[str]:
    """Return everything that a pattern finds in the documents, between backticks or in blocks of code."""
    return {word for document in documents for code in code_in(document) for word in found(pattern, code)}


def found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Return what the groups of a pattern hold wherever it matches."""
    for match in pattern.finditer(text):
        yield from filter(None, match.groups())


def code_in(document: Path) -> list[str]:
    """Return the pieces of code in a document."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    return [*blocks, *re.findall(r"`[^`\n]+`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))]


# The README --------------------------------------------------------------------------------------------


def test_the_readme_is_short_and_names_both_commands_in_both_forms() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 120
    for command in ("make run", "make test", "python3 start.py run", "python3 start.py test"):
        assert command in text


def test_pictures_are_small_and_each_is_shown_with_words_for_those_who_do_not_see_it() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    pictures = sorted(ROOT.glob("docs/pictures/*"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size <= 150 * 1024, shown(picture)
        assert re.search(rf'<img src="{shown(picture)}"[^>]* alt="[^"]{{20,}}"', text), f"{shown(picture)} is not shown"


# Commands and settings ---------------------------------------------------------------------------------


def test_every_command_of_make_is_described_and_every_described_one_exists() -> None:
    said = said_by(MAKE) | said_by(START)
    assert said == set(start.COMMANDS)


def test_every_command_of_the_app_is_described_and_every_described_one_exists() -> None:
    assert said_by(COMMAND) == set(hr.commands)


def test_every_setting_is_described_and_every_described_one_is_read() -> None:
    code = "".join(file.read_text("utf-8") for file in [*ROOT.glob("harmreduction/**/*.py"), *ROOT.glob("tests/*.py")])
    read = {name for name in found(SETTING, code) if re.search(rf'"{name}"', code)}
    assert said_by(SETTING) == read
    in_readme = said_by(SETTING, [ROOT / "README.md"])
    assert in_readme == read - FOR_TESTS


# Links and names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in found(LINK, document.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = found(FILE, document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_name_that_stands_beside_its_file_is_defined_there(document: Path) -> None:
    wrong = []
    for sentence in sentences_of(document.read_text("utf-8")):
        files = [ROOT / name for name in found(FILE, sentence) if name.endswith(".py")]
        defined = {name for file in files for name in defined_in(file)}
        wrong += [name for name in found(CALL, sentence) if files and name not in defined | called_in(files)]
    assert wrong == []


def sentences_of(text: str) -> list[str]:
    """Return the sentences, list items and table rows of a document, each on one line."""
    joined = re.sub(r"\n(?! *[-*|#]| *\d+\.|\n|```)\s*", " ", text)
    return [sentence for line in joined.splitlines() for sentence in re.split(r"(?<=[.;:])\s", line)]


def defined_in(file: Path) -> set[str]:
    """Return the functions, classes and constants of a module, methods included."""
    tree = ast.parse(file.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    constants = {
        target.id
        for node in tree.body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)} | constants


def called_in(files: list[Path]) -> set[str]:
    """Return what modules import, which a sentence about them may name as well."""
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    imports = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports for alias in node.names}


# Layers ------------------------------------------------------------------------------------------------


def test_the_drawing_of_the_layers_is_the_contract_and_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    drawing = re.search(r"## Layers.*?```\n(.*?)```", text, re.DOTALL)
    assert drawing is not None
    drawn = [re.split(r"\s{2,}", line)[0].split(" | ") for line in drawing[1].splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"].startswith("Features depend"))
    here = [[name for name in layer.split(" | ") if not name.startswith("(")] for layer in layers]
    assert drawn == [layer for layer in here if layer]
    packages = {found.name for found in pkgutil.iter_modules(harmreduction.__path__)}
    assert {name for layer in drawn for name in layer} == packages


# What is stored ----------------------------------------------------------------------------------------


def test_the_data_dictionary_is_in_step_with_the_models() -> None:
    written = data_dictionary.DOCUMENT.read_text("utf-8")
    assert written == data_dictionary.document(), "run: .venv/bin/python -m scripts.data_dictionary"


def test_the_privacy_page_names_every_sensitive_column_as_the_models_class_it() -> None:
    text = (ROOT / "docs/privacy.md").read_text("utf-8")
    said = {
        (column, *row)
        for columns, *row in re.findall(r"^\|[^|]*\| (`[^|]*`) \| (\w+) \| (\w+) \|$", text, re.MULTILINE)
        for column in re.findall(r"`([\w.]+)`", columns)
    }
    columns = [column for model in data_dictionary.models() for column in data_dictionary.table_of(model).columns]
    classed = {(str(column), column.info["class"], column.info["retention"]) for column in columns}
    assert said <= classed
    assert {row for row in classed if row[1] == Sensitivity.SENSITIVE} <= said
    assert re.findall(r"^\| (\w+) \|[^|]*\|[^|]*\|$", text, re.MULTILINE)[-len(Retention) :] == [*Retention]


def test_no_table_about_visits_has_a_place_for_who_came() -> None:
    tables = [data_dictionary.table_of(model) for model in data_dictionary.models()]
    columns = [column for table in tables if table.name in ABOUT_VISITS for column in table.columns]
    assert len({column.table.name for column in columns}) == len(ABOUT_VISITS)
    assert [str(column) for column in columns if WHO_CAME.search(column.name)] == []


# Decisions ---------------------------------------------------------------------------------------------


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(decision.name[:4]) for decision in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_decision_says_why_what_and_what_follows_on_half_a_page(decision: Path) -> None:
    text = decision.read_text("utf-8")
    assert text.startswith(f"# {decision.name[:4]}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 30
