"""What the sections of the log page ask on a phone, in the words of the pages that ask it with a signal."""

from harmreduction.encounters.rules import AUDIENCES, RETURN_MEASURES, Audience
from harmreduction.encounters.rules.naloxone import FATES, MOST_TIMES_USED, REPLIES, USED
from harmreduction.encounters.rules.visits import MOST_RETURNED
from harmreduction.reversals.rules.quick import DOSES, OUTCOME, WHEN, When
from harmreduction.reversals.rules.reports import MOST_DOSES

ASKED: dict[str, object] = {
    "audiences": AUDIENCES,
    "with_others": (Audience.SELF_AND_OTHERS, Audience.OTHERS),
    "others": (1, 2, 5, 10),  # other people that one tap says
    "measures": RETURN_MEASURES,
    "most_returned": MOST_RETURNED,
    "came_back": (1, 5, 10, 20, 50),  # syringes that one tap says
    "fates": FATES,
    "used": USED,
    "most_times_used": MOST_TIMES_USED,
    "replies": REPLIES,
    "when": WHEN,
    "days": {code: text for code, text in WHEN.answers.items() if code != When.ANOTHER_DAY},  # that asks for a calendar
    "outcome": OUTCOME,
    "doses": DOSES,
    "most_doses": MOST_DOSES,
}
