"""Number the stretches of time in which movements happened, inside the database, whatever calendar they follow."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, SQLColumnExpression, case, literal


def stretch_of(
    moment: SQLColumnExpression[datetime], starts: Sequence[datetime], before: int = 0
) -> ColumnElement[int]:
    """Return after how many of the starts a moment lies: halved again and again, as one looks up a word."""
    if not starts:
        return literal(before, Integer)
    middle = len(starts) // 2
    return case(
        (moment < starts[middle], stretch_of(moment, starts[:middle], before)),
        else_=stretch_of(moment, starts[middle + 1 :], before + middle + 1),
    )
