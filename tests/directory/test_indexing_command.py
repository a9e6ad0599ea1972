"""What the finder searches can be made anew from a terminal."""

import pytest
from sqlalchemy import delete, func, select

from harmreduction.core.db import db
from harmreduction.directory.models import FinderEntry, OpenHours
from tests.directory.builders import make_service


@pytest.mark.usefixtures("database")
def test_the_command_makes_the_rows_of_the_finder_anew(app):
    make_service("One")
    make_service("Two")
    db.session.execute(delete(OpenHours))
    db.session.execute(delete(FinderEntry))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["hr", "refresh-finder"])
    assert result.output == "Made anew: 2 services.\n"
    assert db.session.scalar(select(func.count(FinderEntry.id))) == 2
    assert db.session.scalar(select(func.count(OpenHours.id))) == 10
