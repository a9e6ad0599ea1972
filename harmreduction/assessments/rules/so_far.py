"""What two people have before them all the time: what was said so far, each voice by itself. Plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass

from harmreduction.assessments.rules.cards import Card, in_words
from harmreduction.assessments.rules.talks import Answer, Draft, Reply


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said to one card, in the language of the conversation; `way_out` where it was not answered."""

    card: str
    topic: str
    chosen: tuple[str, ...]
    way_out: Reply | None
    words: str
    earlier: tuple[str, ...]
    staff_words: str
    staff_earlier: tuple[str, ...]


def said_so_far(draft: Draft) -> Iterator[Said]:
    """Return what was said, in the order in which it was talked about."""
    for code in draft.order:
        card, answer = draft.cards.card(code), draft.answers.get(code)
        if card is not None and answer is not None:
            yield said_to(card, answer, draft.language)


def said_to(card: Card, answer: Answer, language: str) -> Said:
    """Return what was said to one card."""
    options = (card.option(code) for code in answer.chosen)
    return Said(
        card=card.code,
        topic=in_words(card.topic, language),
        chosen=tuple(in_words(option.text, language) for option in options if option is not None),
        way_out=answer.reply if answer.reply is not Reply.ANSWERED else None,
        words=answer.words,
        earlier=answer.earlier,
        staff_words=answer.staff_words,
        staff_earlier=answer.staff_earlier,
    )
