"""What somebody meant by what they sent from a card, and what becomes of two versions of it. Plain Python."""

from dataclasses import dataclass, replace
from enum import StrEnum

from harmreduction.assessments.rules.cards import Card, Kind
from harmreduction.assessments.rules.talks import WAYS_OUT, Answer, Draft, Reply, Typed, with_answer

MOST_PAGES = 3  # on which something is typed into the same card at once
MOOD_CARD = "mood"  # its answers lead to what can be done today


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came from the page of a card: options, at most one way out, and the words of both voices."""

    chosen: tuple[str, ...] = ()
    way_out: str = ""
    words: str = ""
    staff_words: str = ""
    revision: int = 0


class Choice(StrEnum):
    """What stays of two versions of one card."""

    THEIRS = "theirs"
    OURS = "ours"
    BOTH = "both"


def answer_of(card: Card, before: Answer, sent: Sent) -> Answer | None:
    """Return what was said to a card, or None where nothing was: not even that it was skipped.

    A way out that is chosen anew is meant, whatever is ticked still: nobody has to take back a tick in order not to
    say. One that stood there before gives way to what is ticked now.
    """
    chosen = tuple(option.code for option in card.options if option.code in sent.chosen)
    reply = _reply(before, sent.way_out, has_said=bool(chosen or sent.words))
    if card.kind is Kind.ONE:
        chosen = chosen[:1]
    if reply is None and before.revision == 0 and not sent.staff_words:
        return None
    return Answer(
        card=card.code,
        reply=reply,
        chosen=chosen if reply is Reply.ANSWERED else (),
        words=sent.words,
        staff_words=sent.staff_words,
        revision=sent.revision,
    )


def answered(draft: Draft, said: Answer) -> Draft:
    """Return the draft with an answer; what stands there already, from a page that was sent twice, changes nothing."""
    now = draft.answers.get(said.card)
    return draft if now is not None and _stands_said(now) == _stands_said(said) else with_answer(draft, said)


def _reply(before: Answer, way_out: str, *, has_said: bool) -> Reply | None:
    """Return how a card was answered."""
    way = next((way for way in WAYS_OUT if way == way_out), None)
    if way is not None and (way is not before.reply or not has_said):
        return way
    return Reply.ANSWERED if has_said else None


def with_typed(draft: Draft, typed: Typed, *, taken_over: str = "") -> Draft:
    """Return the draft with what stands on a page and was not sent yet; taken_over: the page that it goes on from."""
    draft, card = without_typed(draft, typed.page_id, taken_over), draft.cards.card(typed.card)
    options = card.options if card is not None else ()
    typed = replace(
        typed,
        chosen=tuple(option.code for option in options if option.code in typed.chosen),
        way_out=next((way.value for way in WAYS_OUT if way == typed.way_out), ""),
    )
    if _stands(typed) == _stands_said(draft.answers.get(typed.card, Answer(card=typed.card))):
        return draft
    others = typed_on(draft, typed.card)[: MOST_PAGES - 1]
    elsewhere = tuple(each for each in draft.typed if each.card != typed.card)
    return replace(draft, typed=(typed, *others, *elsewhere))


def _stands(typed: Typed) -> tuple[frozenset[str], str, str, str]:
    """Return what stands on a page."""
    return frozenset(typed.chosen), typed.way_out, typed.words, typed.staff_words


def _stands_said(said: Answer) -> tuple[frozenset[str], str, str, str]:
    """Return what stood on the page of a card when it was made."""
    way_out = said.reply.value if said.reply in WAYS_OUT else ""
    return frozenset(said.chosen), way_out, said.words, said.staff_words


def without_typed(draft: Draft, *page_ids: str) -> Draft:
    """Return the draft without what was typed on some pages: it was sent."""
    return replace(draft, typed=tuple(each for each in draft.typed if each.page_id not in page_ids))


def typed_on(draft: Draft, card: str) -> tuple[Typed, ...]:
    """Return what was typed on a card and not sent, the latest first."""
    return tuple(each for each in draft.typed if each.card == card)


def still_true(draft: Draft, card: Card, sent: Sent) -> Draft:
    """Return the draft with what was said last time said again; nothing, or what no option says any more, is not.

    Words that were typed as well are added to those of last time.
    """
    before = draft.earlier.answers.get(card.code) if draft.earlier else None
    if before is None or (draft.earlier and card.code in draft.earlier.gone):
        return draft
    now = draft.answers.get(card.code, Answer(card=card.code))
    answer = replace(
        before,
        words=_joined(before.words, sent.words),
        staff_words=_joined(now.staff_words or before.staff_words, sent.staff_words),
        is_still_true=True,
        revision=sent.revision,
    )
    return answered(draft, replace(answer, earlier=(), staff_earlier=()))


def settled(draft: Draft, sent: Answer, choice: Choice) -> Draft:
    """Return the draft after two people chose which of two versions of a card stays; no words of either get lost."""
    kept = draft.answers.get(sent.card, Answer(card=sent.card))
    if choice is Choice.OURS:
        return with_answer(draft, replace(sent, revision=kept.revision))
    words, staff_words = _joined(kept.words, sent.words), _joined(kept.staff_words, sent.staff_words)
    if choice is Choice.BOTH:
        return with_answer(draft, replace(kept, words=words, staff_words=staff_words))
    theirs = replace(
        kept,
        earlier=_with(kept.earlier, sent.words, kept.words),
        staff_earlier=_with(kept.staff_earlier, sent.staff_words, kept.staff_words),
        revision=kept.revision + 1,
    )
    return replace(draft, answers={**draft.answers, kept.card: theirs})


def asks_for_today(said: Answer) -> bool:
    """Say whether what was said to the card about mood asks for something today: anything but a no, or not to talk."""
    if said.reply in (Reply.SKIPPED, Reply.LATER) or said.chosen == ("no",):
        return False
    return said.reply is not None or bool(said.staff_words)


def _with(earlier: tuple[str, ...], words: str, now: str) -> tuple[str, ...]:
    """Return the earlier wordings with one more that was not chosen, unless it is nothing new."""
    return (*earlier, words) if words not in ("", now, *earlier) else earlier


def _joined(first: str, second: str) -> str:
    """Return two wordings one below the other; what stands there already is not said again."""
    return first if second in ("", first) or first.endswith(f"\n{second}") else "\n".join(filter(None, (first, second)))
