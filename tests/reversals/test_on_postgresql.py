"""Every story of reports once more on PostgreSQL, and one report that two phones send at the same moment."""

import threading

import pytest

from harmreduction.core.clock import now
from harmreduction.core.db import transaction
from harmreduction.reversals import actions
from harmreduction.reversals.models import ReversalReport
from tests.factories import SYSTEM, make_site
from tests.reversals.stories import count, new_report
from tests.reversals.test_actions import *  # noqa: F403  # pytest runs each test that it finds here
from tests.reversals.test_cut_loose import *  # noqa: F403

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_a_report_that_is_sent_twice_at_one_moment_is_saved_once(postgresql_app, database):
    told, done = new_report(make_site()), []

    def send():
        with postgresql_app.app_context():
            done.append(actions.report_reversal(told, by=SYSTEM, at=now()).is_new)

    thread = threading.Thread(target=send)
    with transaction():
        done.append(actions.report_reversal(told, by=SYSTEM, at=now()).is_new)
        thread.start()
        thread.join(timeout=0.5)  # it waits for us
    thread.join()
    assert (done, count(ReversalReport)) == ([True, False], 1)
