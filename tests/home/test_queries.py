"""The lead's day: which days count, by whose calendar, and which sites."""

from datetime import UTC, datetime, timedelta

from harmreduction.core.db import transaction
from harmreduction.home.queries import get_programme_day
from harmreduction.sites import actions as sites
from tests.factories import SYSTEM, hand_out, make_location, make_site, receive

NALOXONE = ("naloxone-nasal-4", 1)


def test_seven_days_are_today_and_the_six_before_by_the_sites_own_calendar(database):
    shelf = make_location(make_site(time_zone="America/New_York"))
    receive(shelf, 100)
    now = datetime(2026, 11, 3, 17, tzinfo=UTC)  # noon on a Tuesday; the clocks went back on Sunday
    first_midnight = datetime(2026, 10, 28, 4, tzinfo=UTC)  # still summer time
    for at in (first_midnight, first_midnight - timedelta(minutes=1), now - timedelta(hours=1)):
        hand_out(shelf, NALOXONE, at=at)
    programme = get_programme_day(now=now)
    assert (programme.total.visits, programme.week.visits) == (1, 2)


def test_a_site_closed_this_week_stays_in_its_figures(database):
    open_site, closed, long_closed = make_site(), make_site(), make_site()
    hand_out(make_location(closed), NALOXONE)
    for site in (closed, long_closed):
        sites.close_site(site.public_id, by=SYSTEM)
    with transaction():
        programme = get_programme_day(now=datetime.now(UTC))
    assert {entry.site.id for entry in programme.sites} == {open_site.id, closed.id}
    assert programme.week.naloxone_units == 1
