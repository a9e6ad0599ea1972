"""The command `flask --app app hr roll-up`."""

import click

from harmreduction.core import clock
from harmreduction.core.actor import SystemActor
from harmreduction.retention.actions import roll_up
from harmreduction.retention.rules import RolledUp


@click.command("roll-up")
def roll_up_now() -> None:
    """Erase codes, notes and exact times that are past their time, and print how many."""
    for line in _lines(roll_up(by=SystemActor(), now=clock.now())):
        click.echo(line)


def roll_up_at_start() -> None:
    """Do the same as the app starts, and say so only where something went."""
    done = roll_up(by=SystemActor(label="by itself"), now=clock.now())
    if done != RolledUp():
        click.echo("Rolled up what was past its time.")
        for line in _lines(done):
            click.echo(line)


def _lines(done: RolledUp) -> list[str]:
    """Return what was done, a line for each kind."""
    return [
        f"{done.visits:>7} visits lost their code, note and time of day",
        f"{done.reports:>7} reversal reports were parted from their visit",
        f"{done.referrals:>7} referrals lost their code, notes and slip number",
        f"{done.conversations:>7} conversations lost their code and words",
        f"{done.participants:>7} participants were forgotten",
    ]
