"""What an operator does about codes from a terminal."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from harmreduction.core.actor import SystemActor
from harmreduction.core.keys import rotate_codes_key
from harmreduction.participants.code_keys import count_waiting, end_waiting, read_code_keys
from harmreduction.participants.queries.codes import count_codes_by_key


@click.command("rotate-code-key")
@click.option("--yes", "is_agreed", is_flag=True, help="Also when codes that were not used since the last time end.")
@with_appcontext
def rotate_code_key(is_agreed: bool) -> None:
    """Make a new key for participants' codes; each code gets it when it is next used."""
    folder = current_app.config["HR"].keys
    read_code_keys(folder)
    lost = count_waiting()
    if lost and not is_agreed:
        sys.exit(
            f"{lost} codes, blank cards among them, were not used since the key was changed last."
            " With a new key they work no more. If that is meant, run this again with --yes."
        )
    end_waiting(by=SystemActor())
    rotate_codes_key(folder)
    read_code_keys(folder)
    click.echo(
        f"There is a new codes.key in {folder}; the one before is codes-old.key. Copy both to where you keep your"
        " keys. The app goes on with them at the next page."
    )
    click.echo(
        f"{sum(count_codes_by_key().values())} codes wait. Each gets the new key when it is next used;"
        " those that are not used before you do this again work no more."
    )
