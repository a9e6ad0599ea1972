"""The small modules that run on a phone: their version, their addresses, their text."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import rjsmin
from flask import current_app

from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message

FOLDER = Path("js/field")  # below the folder of static files
AT_ONCE = ("log", "outbox", "kit")  # the others come with the kit
WORKER, OUTBOX = "worker", "outbox"
DIGITS = 10  # of a version
IMPORT = re.compile(r"^\s*import\b.*?;", re.DOTALL)


def module_address(name: str) -> str:
    """Return where a module lies; all of them move when one changes, so those that load each other fit."""
    return f"/field/app/{app_version()}/{name}.js"


def app_version() -> str:
    """Return a digest over all modules."""
    return _version_of(_stamps(_folder()))


def module_text(name: str) -> str:
    """Return a module as it travels; raises NotFound for one that is not there."""
    stamp = next((each for each in _stamps(_folder()) if Path(each[0]).stem == name), None)
    if stamp is None:
        raise NotFound(message("There is no such file."))
    return _made_small(stamp)


def worker_text() -> str:
    """Return the worker with the outbox in it: browsers fetch anew what a worker imports, and a request is dear."""
    return module_text(OUTBOX) + "\n" + IMPORT.sub("", module_text(WORKER))


def later_files() -> dict[str, str]:
    """Return the text of every module that a page loads when somebody opens its section, by address."""
    return {module_address(name): module_text(name) for name in names() if name not in (*AT_ONCE, WORKER)}


def names() -> list[str]:
    """Return what the modules are called."""
    return [Path(name).stem for name, _changed, _size in _stamps(_folder())]


def _folder() -> Path:
    """Return where the modules lie."""
    return Path(str(current_app.static_folder)) / FOLDER


def _stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return each file with when it changed and how long it is."""
    files = sorted(folder.glob("*.js"))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@lru_cache(maxsize=32)
def _made_small(stamp: tuple[str, int, int]) -> str:
    """Return a module without comments and needless spaces, for which phones need not pay.

    Nothing is renamed or moved: what must never lose a record runs as it was written.
    """
    return str(rjsmin.jsmin(Path(stamp[0]).read_text(encoding="utf-8")))


@lru_cache(maxsize=4)
def _version_of(stamps: tuple[tuple[str, int, int], ...]) -> str:
    """Read the files again only when one of them changed."""
    whole = hashlib.sha256()
    for name, _changed, _size in stamps:
        whole.update(Path(name).read_bytes())
    return whole.hexdigest()[:DIGITS]
