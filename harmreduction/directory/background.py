"""Work that goes on after its page has been answered."""

from collections.abc import Callable
from threading import Thread
from typing import cast

from flask import Flask, current_app


def in_background(work: Callable[[], None]) -> None:
    """Do the work in a thread of its own, which ends with the process; in tests, at once.

    Whatever goes wrong is logged by its name alone, for its words may hold what was in a file; the work must be such
    that it can be taken up again.
    """
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # the proxy's own way out
    if app.testing:
        work()
        return
    Thread(target=_run, args=(app, work), name="import", daemon=True).start()


def _run(app: Flask, work: Callable[[], None]) -> None:
    """Do the work inside the application."""
    with app.app_context():
        try:
            work()
        except Exception as problem:  # there is nobody to answer here
            app.logger.error("in the background: %s", type(problem).__name__)
