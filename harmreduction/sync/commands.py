"""What an operator does about phones from a terminal."""

import click
from flask import current_app
from flask.cli import with_appcontext

from harmreduction.core.keys import rotate_phones_key
from harmreduction.sync.phone_keys import read_phone_keys


@click.command("rotate-phones-key")
@with_appcontext
def rotate_phone_key() -> None:
    """Make a new key for what phones keep; the one before stays, for phones that are still out."""
    folder = current_app.config["HR"].keys
    rotate_phones_key(folder)
    read_phone_keys(folder)
    click.echo(
        f"There is a new phones.key in {folder}; the one before is kept beside it as phones-old-….key, for good."
        " Copy all of them to where you keep your keys. The app goes on with them at the next page, and phones"
        " take the new one the next time that they are opened with a signal."
    )
