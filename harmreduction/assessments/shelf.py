"""Where sealed conversations lie while they run: in memory only, in reach of every process that serves this instance.

On Linux that is a folder of our own in `/dev/shm`, which is memory with file names; the folder is looked at before it
is trusted. Elsewhere, and where `/dev/shm` is a disk, it is the memory of this one process.
"""

import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Protocol

from harmreduction.core.errors import NotSaved
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message

if sys.platform != "win32":
    import fcntl

MEMORY = Path("/dev/shm")  # noqa: S108  # no place for temporary files, but memory
MOUNTS = Path("/proc/self/mounts")
NEW = ".new"

_of_instance: list[str] = []


class Shelf(Protocol):
    """Named bytes in memory."""

    def locked(self) -> AbstractContextManager[None]:
        """Let nobody else, in no process, change anything meanwhile."""

    def names(self) -> list[str]:
        """Return what lies here."""

    def read(self, name: str) -> bytes | None:
        """Return what lies under a name, or None."""

    def write(self, name: str, contents: bytes) -> None:
        """Put something under a name, in the place of what was there: wholly or not at all. Raises NotSaved."""

    def erase(self, name: str) -> None:
        """Overwrite what lies under a name, and take it away; nothing there is fine."""


def use_instance(instance: Path) -> None:
    """Keep what runs on a shelf of this instance; the factory says it at start."""
    _of_instance[:] = [str(instance)]


def shelf() -> Shelf:
    """Return the shelf of this instance."""
    return _shelf(keyed_digest("shelf", _of_instance[0])[:32])


@cache
def _shelf(name: str) -> Shelf:
    """Return the shelf of this name, in memory that all processes share where there is such."""
    if sys.platform == "linux" and is_in_memory(MEMORY, MOUNTS):
        return FolderShelf(MEMORY / f"harm-reduction-{name}")
    return ProcessShelf()


def is_in_memory(folder: Path, mounts: Path) -> bool:
    """Say whether a folder is the head of a file system that lies in memory alone."""
    try:
        lines = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return False
    kinds = [line[2] for line in lines if line[1] == str(folder)]
    return bool(kinds) and kinds[-1] == "tmpfs"  # the last one lies on top


class FolderShelf:
    """Files in a folder that lies in memory, readable for the account that runs the app alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder itself; whoever dies lets go of it."""
        self._prepare()
        held = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            self._wipe_halves()
            yield
        finally:
            os.close(held)

    def names(self) -> list[str]:
        """Return the names of the files; a folder that is not ours, or not there, holds none of ours."""
        with suppress(OSError):
            return [name for name in os.listdir(self.folder) if not name.endswith(NEW)]
        return []

    def read(self, name: str) -> bytes | None:
        """Return what a file holds."""
        with suppress(FileNotFoundError):
            return (self.folder / name).read_bytes()
        return None

    def write(self, name: str, contents: bytes) -> None:
        """Write beside the file, then put it in its place."""
        new = self.folder / (name + NEW)
        try:
            new.write_bytes(contents)
            new.replace(self.folder / name)
        except OSError as problem:
            with suppress(OSError):
                new.unlink()
            raise NotSaved(NO_ROOM) from problem

    def erase(self, name: str) -> None:
        """Overwrite the file, then remove it."""
        path = self.folder / name
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
            path.unlink()

    def _wipe_halves(self) -> None:
        """Erase what a process that was stopped left half written; nobody else writes while we hold the folder."""
        for name in os.listdir(self.folder):
            if name.endswith(NEW):
                self.erase(name)

    def _prepare(self) -> None:
        """Make the folder, and refuse one that others could look into."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            found = self.folder.lstat()
        except OSError as problem:
            raise NotSaved(NO_ROOM) from problem
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise NotSaved(message("Others can read where conversations lie in memory. Tell who runs the app."))


class ProcessShelf:
    """The memory of this process, for an app that runs as one."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._lock = threading.RLock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the one lock."""
        with self._lock:
            yield

    def names(self) -> list[str]:
        """Return the names."""
        return list(self._contents)

    def read(self, name: str) -> bytes | None:
        """Return what lies under a name."""
        return self._contents.get(name)

    def write(self, name: str, contents: bytes) -> None:
        """Put it there."""
        self._contents[name] = contents

    def erase(self, name: str) -> None:
        """Let go of it; memory that Python gives back cannot be overwritten first, and what lay there is sealed."""
        self._contents.pop(name, None)


NO_ROOM = message(
    "The server has no room in its memory right now. Nothing that was there before is lost."
    " Stay on the page, and send it again in a minute."
)
