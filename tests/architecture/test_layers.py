"""What the import contracts of pyproject.toml cannot see: what stands inside a module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from harmreduction.config import HOUSE

CODE = sorted((HOUSE / "harmreduction").rglob("*.py"))
ROUTES = [path for path in CODE if path.name == "routes.py" or path.parent.name == "routes"]
QUERIES = [path for path in CODE if path.stem in ("queries", "verification")]
RULES = [path for path in CODE if path.name == "rules.py"]

LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_ROUTE = 300, 40, 25
TRANSLATES = {"_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "message", "counted_message"}
HAS_PLURAL = {"ngettext", "lazy_ngettext", "counted_message"}
KNOWS_WORDS_ONLY_LATER = {"web/i18n.py", "core/messages.py"}  # they translate what others have marked
READS_THE_CLOCK = {"core/clock.py"}


def name_of(path: Path) -> str:
    """Return a module as its path in the package."""
    return path.relative_to(HOUSE / "harmreduction").as_posix()


def nodes_of(path: Path) -> Iterator[ast.AST]:
    """Return everything that a module says."""
    return ast.walk(ast.parse(path.read_text()))


def imports_of(path: Path) -> set[str]:
    """Return the full names of everything that a module imports, inside functions too."""
    names = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def called(node: ast.AST) -> str:
    """Return the last name of what is called: `execute` of `db.session.execute(…)`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


@pytest.mark.parametrize("path", ROUTES, ids=name_of)
def test_no_route_asks_the_database_or_writes_to_it(path: Path) -> None:
    brought = {name for name in imports_of(path) if name.startswith(("sqlalchemy", "flask_sqlalchemy"))}
    assert brought == set()
    assert imports_of(path).isdisjoint({"harmreduction.core.db.db", "harmreduction.core.db.transaction"})
    done = {called(node) for node in nodes_of(path)}
    assert done.isdisjoint({"execute", "scalar", "scalars", "commit", "rollback", "flush", "transaction"})


@pytest.mark.parametrize("path", ROUTES, ids=name_of)
def test_no_route_uses_another_features_forms(path: Path) -> None:
    feature = name_of(path).split("/")[0]
    others = {name for name in imports_of(path) if ".forms." in f"{name}." and f"harmreduction.{feature}." not in name}
    assert {name for name in others if not name.startswith("harmreduction.web.")} == set()


@pytest.mark.parametrize("path", QUERIES, ids=name_of)
def test_a_query_changes_nothing(path: Path) -> None:
    assert imports_of(path).isdisjoint({f"sqlalchemy.{verb}" for verb in ("insert", "update", "delete")})
    done = {called(node) for node in nodes_of(path)}
    assert done.isdisjoint({"commit", "transaction", "add_all", "flush", "record"})


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_a_rule_asks_no_clock_no_file_and_no_chance(path: Path) -> None:
    assert imports_of(path).isdisjoint({"harmreduction.core.clock.now", "harmreduction.core.clock.today"})
    modules = {name.split(".")[0] for name in imports_of(path)}
    assert modules.isdisjoint({"os", "pathlib", "random", "secrets", "socket", "subprocess", "time"})


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_only_one_module_reads_the_clock(path: Path) -> None:
    asked = [node for node in nodes_of(path) if called(node) in {"now", "utcnow", "today"} and asks_a_class(node)]
    assert asked == [] or name_of(path) in READS_THE_CLOCK


def asks_a_class(node: ast.AST) -> bool:
    """Say whether it is `datetime.now()` or `date.today()`, and not our own function of that name."""
    owner = getattr(getattr(node, "func", None), "value", None)
    return getattr(owner, "id", "") in {"datetime", "date"}


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_what_is_marked_for_translation_is_a_whole_sentence(path: Path) -> None:
    """A variable, an f-string or a sum reaches no catalogue, so nobody would ever translate it."""
    if name_of(path) in KNOWS_WORDS_ONLY_LATER:
        return
    wrong = [
        f"line {node.lineno}"
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and called(node) in TRANSLATES
        and not all(map(is_sentence, node.args[: 2 if called(node) in HAS_PLURAL else 1]))
    ]
    assert wrong == []


def is_sentence(node: ast.AST) -> bool:
    """Say whether a text stands there as it is, in one piece or in several lines."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_modules_and_functions_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    functions = [node for node in nodes_of(path) if isinstance(node, ast.FunctionDef)]
    longest = LONGEST_ROUTE if path in ROUTES else LONGEST_FUNCTION
    long = {node.name: lines for node in functions if (lines := lines_of(node)) > longest}
    assert long == {}


def lines_of(function: ast.FunctionDef) -> int:
    """Return how many lines a function has, its signature and docstring aside."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
