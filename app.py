"""The entry point for `flask`, waitress and gunicorn."""

import sys

from harmreduction.core.errors import DomainError
from harmreduction.factory import create_app

try:
    app = create_app()
except DomainError as problem:  # a missing key, say: the sentence is for the person at the terminal
    sys.exit(str(problem))
