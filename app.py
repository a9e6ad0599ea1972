"""The entry point for `flask`, waitress and gunicorn."""

from harmreduction.factory import create_app

app = create_app()
