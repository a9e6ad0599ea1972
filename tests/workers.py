"""How the tests are shared among the processes of `make test`: file by file, the slow ones first.

Tests of one file share what the file sets up, and run in the order in which they stand. Whatever has "postgresql" in
its name is given to one process, so that one server is started.
"""

import gc
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SLOW = ("tests/browser/", "tests/real/", "tests/durability/", "tests/test_cli.py")


class ByFile(LoadScopeScheduling):
    """Gives each process one file after another."""

    def _split_scope(self, nodeid: str) -> str:
        """Return what a test has in common with those that run in the same process."""
        return "postgresql" if "postgresql" in nodeid else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Share the tests out in this way."""
    config.option.loadscopereorder = False  # the order of the files says more than how many tests they hold
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a process begin with the slow files; what remains for the end is short, so that no other waits for it."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_collection_finish() -> None:
    """Leave what lasts as long as the process alone when memory is tidied up, and tidy up less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
