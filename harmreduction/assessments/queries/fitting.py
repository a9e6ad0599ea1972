"""Find services of the directory for what somebody wants, nearest to the programme first."""

from datetime import datetime

from harmreduction.assessments.rules.loops import OFFER_OF_NEED
from harmreduction.directory.queries import find_services
from harmreduction.directory.results import Result, result_of
from harmreduction.directory.rules.finder import Question
from harmreduction.directory.where import place_asked
from harmreduction.referrals.rules.kinds import Need
from harmreduction.settings.queries import current_settings

MOST_SHOWN = 8


def list_fitting(need: Need, words: str, *, at: datetime) -> list[Result]:
    """Return services with these words, else those that offer what is needed; each once."""
    offer = OFFER_OF_NEED.get(need)
    if not words and offer is None:
        return []
    where = place_asked(None, "", current_settings().home_place)
    terms = frozenset({offer}) if offer and not words else frozenset[str]()
    found = find_services(Question(words=words, terms=terms, near=where.point), at=at, limit=2 * MOST_SHOWN).found
    by_service = {one.hsds_id: one for one in reversed(found)}
    return [result_of(one, country=where.country, at=at) for one in reversed(by_service.values())][:MOST_SHOWN]
