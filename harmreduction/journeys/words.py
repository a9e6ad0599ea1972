"""What a participant's line says on a page."""

from collections.abc import Iterator

from flask_babel import gettext, ngettext

from harmreduction.encounters.models import NaloxoneTalk
from harmreduction.encounters.rules.naloxone import FATES, REPLIES, TRAININGS, Fate, Reply, Training
from harmreduction.encounters.words import activity_words
from harmreduction.referrals.words import need_name, service_name, state_name
from harmreduction.reversals.words import summary_words, when_words
from harmreduction.web.i18n import say

__all__ = [
    "activity_words",
    "need_name",
    "service_name",
    "state_name",
    "summary_words",
    "talk_words",
    "when_words",
]


def talk_words(talk: NaloxoneTalk) -> Iterator[str]:
    """Return what was said about naloxone in few words: a sentence for each thing that matters at the next visit."""
    if talk.previous_fate is not None:
        yield str(gettext("Kit before: %(fate)s", fate=say(FATES[Fate(talk.previous_fate)])))
    if talk.times_used is not None:
        yield str(ngettext("Used %(num)d time", "Used %(num)d times", talk.times_used))
    if talk.reply is not None and talk.reply != Reply.TAKEN:
        yield str(gettext("Naloxone: %(reply)s", reply=say(REPLIES[Reply(talk.reply)])))
    if talk.training is not None:
        yield str(gettext("Practised: %(training)s", training=say(TRAININGS[Training(talk.training)])))
