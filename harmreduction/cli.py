"""The commands `flask --app app hr …`: what an operator does from a terminal."""

import errno
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, ScriptInfo, pass_script_info
from sqlalchemy.exc import OperationalError
from waitress import serve as serve_with_waitress

from harmreduction import demo
from harmreduction.accounts import queries as account_queries
from harmreduction.accounts.actions import make_sign_in_link
from harmreduction.accounts.rules import ROLES
from harmreduction.audit import queries as audit
from harmreduction.core import clock
from harmreduction.core.actor import SystemActor
from harmreduction.core.db import db, one_moment
from harmreduction.core.errors import DomainError
from harmreduction.core.revisions import migrate_database
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.directory.commands import export_directory, import_services, refresh_finder
from harmreduction.encounters import verification as encounter_verification
from harmreduction.encounters.usual import load_usual_handouts
from harmreduction.participants.commands import rotate_code_key
from harmreduction.participants.rules.cards import DEMONSTRATION_CARD
from harmreduction.reports.commands import import_history
from harmreduction.retention.commands import roll_up_at_start, roll_up_now
from harmreduction.settings.actions import prepare_first_run
from harmreduction.settings.queries import awaits_first_run, current_settings
from harmreduction.settings.rules import grouped_code
from harmreduction.stock import verification as stock_verification
from harmreduction.stock.catalogue import load_catalogue
from harmreduction.sync import verification as sync_verification
from harmreduction.sync.actions.receiving import apply_everything_kept
from harmreduction.sync.commands import rotate_phone_key

ONE_HOUR = timedelta(hours=1)
LONG_REPLAY = 200_000  # sides of movements; a shorter one is over before anybody wonders
WRITTEN_END = re.compile(r"\d{1,12}:[0-9a-f]{16,64}", re.ASCII)

hr = AppGroup("hr", help="Run and look after a programme's Harm Reduction Tracker.")
for command in (import_history, import_services, export_directory, refresh_finder, roll_up_now):
    hr.add_command(command)
for command in (rotate_code_key, rotate_phone_key):
    hr.add_command(command)


def speaks_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say what went wrong as a sentence, and end with status 1."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except DomainError as problem:
            sys.exit(str(problem))
        except OperationalError as problem:
            reason = str(problem.orig).splitlines()[0]
            sys.exit(f"The database does not answer. Check HR_DATABASE_URL, or that its disk has space. ({reason})")

    return run


@hr.command()
@speaks_plainly
def init() -> None:
    """Set up a real, empty programme and print its first-run code."""
    migrate_database()
    if current_settings().is_demonstration or account_queries.count_accounts():
        click.echo(
            "This folder holds a programme already. Set HR_INSTANCE to a new folder, then run this again.",
            err=True,
        )
        sys.exit(1)
    load_catalogue()
    load_hotlines()
    load_usual_handouts()
    code = prepare_first_run()
    click.echo(f"Ready. Start the app and open {_base_url()}/first-run with this code, once:\n\n    {code}\n")
    click.echo(f"Your keys are in {current_app.config['HR'].keys}. Keep a copy of that folder somewhere safe.")


@hr.command()
@speaks_plainly
def prepare() -> None:
    """Bring the database up to date, and build the demonstration in a new one."""
    _prepare()


@hr.command()
@pass_script_info
@speaks_plainly
def serve(script: ScriptInfo) -> None:
    """Prepare, then answer on http://127.0.0.1:8000 (PORT changes it)."""
    app = script.load_app()
    config = app.config["HR"]
    _refuse_taken_port(config.host, config.port)
    _prepare()
    _say_where()
    db.session.remove()  # a read that stays open would keep erased rows in the log for as long as the app runs
    serve_with_waitress(
        app,
        host=config.host,
        port=config.port,
        threads=4,
        ident=None,  # no version banner
        clear_untrusted_proxy_headers=config.proxy_hops == 0,  # with a proxy in front, ProxyFix judges them
    )


@hr.command()
@click.option(
    "--since", "end", help="An end of the audit trail that an earlier check printed, like 42:0123456789abcdef."
)
@speaks_plainly
def verify(end: str | None) -> None:
    """Replay the ledger and the audit trail, and name every difference."""
    if end is not None and not WRITTEN_END.fullmatch(end):
        sys.exit(f"{end!r} is no end of a trail. Enter it as it was printed, like 42:0123456789abcdef.")
    click.echo("Replaying every movement …")
    with one_moment():
        findings = [*_differences(end, _tell_each_tenth(2 * stock_verification.count_movements()))]
        movements, entries, digest = (
            stock_verification.count_movements(),
            audit.count_entries(),
            audit.find_last_digest(),
        )
        from_phones = sync_verification.summary()
    for line in filter(None, [from_phones, *(f"- {finding}" for finding in findings)]):
        click.echo(line)
    if findings:
        click.echo(f"Not balanced: {len(findings)} differences. Nothing was changed.")
        sys.exit(1)
    click.echo(f"Balanced: {movements} movements, every balance is the sum of its movements.")
    click.echo(f"The audit trail ends at {entries}:{digest[:16]}. Write that down elsewhere, for --since.")


@hr.command("sign-in-link")
@click.argument("sign_in_name")
@speaks_plainly
def sign_in_link(sign_in_name: str) -> None:
    """Print a link by which somebody of the team chooses a new passphrase, once, within an hour."""
    account_id = account_queries.find_account_id(sign_in_name)
    if account_id is None:
        sys.exit(f"Nobody in the team signs in as {sign_in_name!r}. The team page lists the names.")
    token = make_sign_in_link(account_id, lasts=ONE_HOUR, asks_for_passphrase=True, by=SystemActor())
    click.echo(f"{_base_url()}/sign-in/link/{token}")


def _tell_each_tenth(sides: int) -> Callable[[int], None]:
    """Return what prints how much of a long replay is done; every movement has two sides."""
    step = max(sides // 10, LONG_REPLAY // 10)
    waiting = iter(range(step, sides, step))
    goal = next(waiting, None)

    def tell(done: int) -> None:
        nonlocal goal
        while goal is not None and done >= goal:
            click.echo(f"… {round(100 * goal / sides)} %")
            goal = next(waiting, None)

    return tell


def _differences(end: str | None, progress: Callable[[int], None]) -> Iterator[str]:
    """Name whatever in the books does not follow from the rest; `end` is one of the trail, written down earlier."""
    yield from stock_verification.find_differences(progress)
    yield from encounter_verification.find_differences()
    yield from sync_verification.find_differences()
    broken = audit.find_broken_link()
    if broken is not None:
        yield f"The audit trail was changed at entry {broken}."
    count, _, digest = (end or "").partition(":")
    if end is not None and not audit.holds(int(count), digest):
        yield f"The audit trail does not lead through {end}: it was cut off there, or made anew."


def _prepare() -> None:
    """Migrate; a database that nobody has set up becomes a demonstration."""
    migrate_database()
    if not account_queries.count_accounts() and not awaits_first_run():
        click.echo("A new folder: building a demonstration programme. It takes a few seconds.")
        demo.build_demonstration(click.echo)
    elif account_queries.count_accounts():
        load_hotlines()  # for a programme that is older than the list; what it changed stays as it is
        roll_up_at_start()
        apply_everything_kept(now=clock.now())


def _say_where() -> None:
    """Print where the app answers, and the links into a demonstration."""
    click.echo(f"\nHarm Reduction Tracker answers on {_base_url()}   (Ctrl-C stops it)")
    if not current_settings().is_demonstration:
        return
    click.echo("This is a demonstration; nothing in it is real. Sign in, each link works once, for an hour:\n")
    for name, role, link in demo.sign_in_links(_base_url()):
        click.echo(f"  {name:<6} {ROLES[role].name!s:<16} {link}")
    if current_settings().uses_card_codes:
        click.echo(f"\nA participant's card to try: {grouped_code(DEMONSTRATION_CARD)}")
    click.echo("\nFor a real programme: HR_INSTANCE=my-programme .venv/bin/flask --app app hr init\n")


def _base_url() -> str:
    """Return the address of the app on this machine."""
    config = current_app.config["HR"]
    named = "localhost" if config.host == "::1" else config.host
    return f"http://[{named}]:{config.port}" if ":" in named else f"http://{named}:{config.port}"


def _refuse_taken_port(host: str, port: int) -> None:
    """Stop with a sentence when something else answers on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            sys.exit(_why_not_listening(host, port, problem))


def _why_not_listening(host: str, port: int, problem: OSError) -> str:
    """Return what to do when the app cannot listen where it should."""
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another one: PORT={port + 1} make run"
    return f"The app cannot listen on {host}, port {port}: {problem.strerror}. Correct HR_HOST or PORT."
