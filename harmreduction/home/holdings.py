"""How much the system holds now: rows and the oldest day of every table with something sensitive in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Column, Date, MetaData, Table, func, null, select

from harmreduction.core.classification import Sensitivity
from harmreduction.core.db import UtcDateTime, db
from harmreduction.home.facts import ABOUT_SERVICES, FACTS, NOWHERE

ABOUT_PEOPLE = {Sensitivity.SENSITIVE, Sensitivity.SECRET}


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A table of a fact: its columns that tell it, and, if they were counted, its rows and its oldest day."""

    table: str
    columns: Sequence[str]
    rows: int | None
    oldest: date | None


def list_holdings(metadata: MetaData, fact: str, *, counts: bool) -> list[Holding]:
    """Return the tables in which a fact stands, as the schema has them; counts: with rows and oldest days."""
    found = []
    for table in metadata.sorted_tables:
        columns = [column.name for column in table.columns if str(column) in FACTS[fact].columns]
        if columns:
            rows, oldest = _count(table) if counts else (None, None)
            found.append(Holding(table=table.name, columns=columns, rows=rows, oldest=oldest))
    return found


def columns_without_a_fact(metadata: MetaData) -> set[str]:
    """Return sensitive and secret columns that no fact names; a test keeps this empty."""
    named = {column for fact in FACTS.values() for column in fact.columns}
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    return {str(column) for column in columns if column.info["class"] in ABOUT_PEOPLE} - named


def columns_that_could_name(metadata: MetaData) -> set[str]:
    """Return columns called by a word for who somebody is, services aside; there is none."""
    words = frozenset().union(*(entry.column_words for entry in NOWHERE))
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    return {
        str(column)
        for column in columns
        if column.table.name not in ABOUT_SERVICES and words & set(re.split(r"[_\d]+", column.name))
    }


def last_rolled_up(metadata: MetaData) -> date | None:
    """Return the day before which codes and exact times are gone by now; the roll-up stands beside this feature."""
    before: date | None = db.session.scalar(select(func.max(metadata.tables["roll_up"].c.before_day)))
    return before


def _count(table: Table) -> tuple[int, date | None]:
    """Return how many rows a table has, and its oldest day."""
    when = next((column for column in table.columns if _is_a_time(column)), None)
    oldest = select(func.count(), func.min(when)) if when is not None else select(func.count(), null())
    rows, moment = db.session.execute(oldest.select_from(table)).one()
    return rows, moment.date() if isinstance(moment, datetime) else moment


def _is_a_time(column: Column[object]) -> bool:
    """Say whether a column holds a day or a moment that is sensitive, the first of which says how old a row is."""
    return isinstance(column.type, (Date, UtcDateTime)) and column.info["class"] == Sensitivity.SENSITIVE
