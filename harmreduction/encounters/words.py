"""What was told on a visit, as a page says it."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from flask_babel import gettext, ngettext

from harmreduction.core.messages import Message
from harmreduction.encounters.models import VisitActivity
from harmreduction.encounters.queries.naloxone import ToldTalk
from harmreduction.encounters.rules import naloxone as rules
from harmreduction.encounters.rules.care import ActivityOutcome
from harmreduction.web.i18n import number, say, translated

Kind = TypeVar("Kind", bound=StrEnum)


def talk_facts(told: ToldTalk) -> list[tuple[str, str]]:
    """Return (what, answer) for everything that was told in a talk about naloxone; what was not asked is left out."""
    return [(label, words) for label, words in _facts(told) if words]


def activity_words(done: VisitActivity) -> str:
    """Return one service, test or topic of a visit, with a word where it was not wanted."""
    name = translated(done.activity.name)
    if done.outcome == ActivityOutcome.DECLINED.value:
        return str(gettext("%(activity)s: offered, not wanted", activity=name))
    return name


def _facts(told: ToldTalk) -> Iterator[tuple[str, str]]:
    """Yield every question of a talk with its answer, or "" where it was not asked."""
    talk = told.talk
    yield gettext("Kit before"), _fate(talk.previous_fate, talk.times_used)
    yield gettext("It was from"), _word(rules.SOURCES, talk.previous_source)
    yield gettext("A kit now"), _reply(talk.reply, told.is_taken_back)
    yield gettext("This kit is"), "" if told.is_taken_back else _word(rules.SUPPLY_TYPES, talk.supply_type)
    yield gettext("It is for"), _word(rules.RECIPIENTS, talk.recipient)
    yield gettext("Practised"), _word(rules.TRAININGS, talk.training)
    acts = {act.act: act.is_shown_back for act in talk.acts}
    yield gettext("Talked about"), ", ".join(_word(rules.ACTS, act) for act in rules.Act if act.value in acts)
    yield gettext("They showed it back"), ", ".join(_word(rules.ACTS, act) for act in rules.Act if acts.get(act.value))


def _fate(fate: str | None, times: int | None) -> str:
    """Return what happened to the kit before, and how often it was used where that was told."""
    words = [_word(rules.FATES, fate)] if fate else []
    if times is not None:
        words.append(ngettext("%(n)s time", "%(n)s times", times, n=number(times)))
    return ", ".join(words)


def _reply(reply: str | None, is_taken_back: bool) -> str:
    """Return what was said to the offer, and whether the hand-out was taken back since."""
    words = _word(rules.REPLIES, reply)
    if not is_taken_back:
        return words
    taken_back = str(gettext("the hand-out was taken back"))
    return f"{words}; {taken_back}" if words else taken_back


def _word(choices: Mapping[Kind, Message], value: str | None) -> str:
    """Return one choice in the reader's language, or "" where it was not asked."""
    named: dict[str, Message] = {kind.value: text for kind, text in choices.items()}
    return say(named[value]) if value else ""
