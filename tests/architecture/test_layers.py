"""What the import contracts of pyproject.toml cannot see: what stands inside a module."""

import ast
from functools import cache
from pathlib import Path

from harmreduction.config import HOUSE

CODE = sorted((HOUSE / "harmreduction").rglob("*.py"))
ROUTES = [path for path in CODE if path.name == "routes.py" or path.parent.name == "routes"]
QUERIES = [path for path in CODE if path.stem in ("queries", "verification") or path.parent.name == "queries"]
RULES = [path for path in CODE if path.name == "rules.py" or path.parent.name == "rules"]

LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_ROUTE = 300, 40, 25
TRANSLATES = {"_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "message", "counted_message"}
HAS_PLURAL = {"ngettext", "lazy_ngettext", "counted_message"}
KNOWS_WORDS_ONLY_LATER = {"web/i18n.py", "core/messages.py"}  # they translate what others have marked
READS_THE_CLOCK = {"core/clock.py"}


def name_of(path: Path) -> str:
    """Return a module as its path in the package."""
    return path.relative_to(HOUSE / "harmreduction").as_posix()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Return everything that a module says."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def imports_of(path: Path) -> set[str]:
    """Return the full names of everything that a module imports, inside functions too."""
    names = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def done_in(path: Path) -> set[str]:
    """Return the last name of everything that a module calls."""
    return {called(node) for node in nodes_of(path)}


def called(node: ast.AST) -> str:
    """Return the last name of what is called: `execute` of `db.session.execute(…)`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def test_no_route_asks_the_database_or_writes_to_it() -> None:
    deeds = {"execute", "scalar", "scalars", "commit", "rollback", "flush", "transaction"}
    wrong = {name_of(path): done_in(path) & deeds | databases_of(path) for path in ROUTES}
    assert found_in(wrong) == {}


def databases_of(path: Path) -> set[str]:
    """Return what a module imports to work with a database."""
    ours, theirs = {"harmreduction.core.db.db", "harmreduction.core.db.transaction"}, ("sqlalchemy", "flask_sqlalchemy")
    return {name for name in imports_of(path) if name in ours or name.startswith(theirs)}


def test_no_route_uses_another_features_forms() -> None:
    wrong = {name_of(path): forms_of_others(path) for path in ROUTES}
    assert found_in(wrong) == {}


def forms_of_others(path: Path) -> set[str]:
    """Return the forms of other features that a module imports; those of `web` are for all."""
    own = ("harmreduction.web.", f"harmreduction.{name_of(path).split('/')[0]}.")
    return {name for name in imports_of(path) if ".forms." in f"{name}." and not name.startswith(own)}


def test_a_query_changes_nothing() -> None:
    verbs = {f"sqlalchemy.{verb}" for verb in ("insert", "update", "delete")}
    deeds = {"commit", "transaction", "add_all", "flush", "record"}
    assert found_in({name_of(path): imports_of(path) & verbs | done_in(path) & deeds for path in QUERIES}) == {}


def test_a_rule_asks_no_clock_no_file_and_no_chance() -> None:
    modules = {"os", "pathlib", "random", "secrets", "socket", "subprocess", "time"}
    clock = {"harmreduction.core.clock.now", "harmreduction.core.clock.today"}
    wrong = {
        name_of(path): {name for name in imports_of(path) if name in clock or name.split(".")[0] in modules}
        for path in RULES
    }
    assert found_in(wrong) == {}


def found_in(wrong: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the modules in which something was found, and what."""
    return {name: found for name, found in wrong.items() if found}


def test_only_one_module_reads_the_clock() -> None:
    asking = {
        name_of(path)
        for path in CODE
        if any(called(node) in {"now", "utcnow", "today"} and asks_a_class(node) for node in nodes_of(path))
    }
    assert asking - READS_THE_CLOCK == set()


def asks_a_class(node: ast.AST) -> bool:
    """Say whether it is `datetime.now()` or `date.today()`, and not our own function of that name."""
    owner = getattr(getattr(node, "func", None), "value", None)
    return getattr(owner, "id", "") in {"datetime", "date"}


def test_what_is_marked_for_translation_is_a_whole_sentence() -> None:
    """A variable, an f-string or a sum reaches no catalogue, so nobody would ever translate it."""
    wrong = [
        f"{name_of(path)}, line {node.lineno}"
        for path in CODE
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and called(node) in TRANSLATES
        and not all(map(is_sentence, node.args[: 2 if called(node) in HAS_PLURAL else 1]))
        and name_of(path) not in KNOWS_WORDS_ONLY_LATER
    ]
    assert wrong == []


def is_sentence(node: ast.AST) -> bool:
    """Say whether a text stands there as it is, in one piece or in several lines."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_modules_and_functions_stay_short() -> None:
    assert [name_of(path) for path in CODE if len(path.read_text().splitlines()) > LONGEST_MODULE] == []
    long = {
        f"{name_of(path)}: {node.name}": lines_of(node)
        for path in CODE
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef)
        and lines_of(node) > (LONGEST_ROUTE if path in ROUTES else LONGEST_FUNCTION)
    }
    assert long == {}


def lines_of(function: ast.FunctionDef) -> int:
    """Return how many lines a function has, its signature and docstring aside."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
