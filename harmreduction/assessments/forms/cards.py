"""The form of one card: options or a way out, own words, what staff adds. Nothing in it is required."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from harmreduction.assessments.rules.answering import Choice, Sent
from harmreduction.assessments.rules.talks import MOST_WORDS, Answer, Reply, Typed
from harmreduction.web.forms import Form, OnceField

TOO_LONG = _("Keep it under 2,000 characters. Nothing is lost: it stands here still. Put the rest on another card.")

WORDS = "words"
OPTION = "option:"  # before the code of an option where it shares its radio buttons with the ways out


class CardForm(Form):
    """What is said to one card. chosen: the options that were ticked; answer: one option, or a way out instead.

    page: made with the page; taken_over: the page whose words it shows, which were typed and not sent. screen: WORDS
    where own words have a screen of their own.
    """

    revision = HiddenField(default="0")
    chosen = SelectMultipleField(validate_choice=False, choices=())
    answer = RadioField(validate_choice=False, choices=())
    words = TextAreaField(validators=[Length(max=MOST_WORDS, message=TOO_LONG)])
    staff_words = TextAreaField(validators=[Length(max=MOST_WORDS, message=TOO_LONG)])
    do = HiddenField()
    page = OnceField()
    taken_over = HiddenField()
    screen = HiddenField()

    def __init__(self, answer: Answer, typed: Typed | None = None, **options: Any) -> None:
        """Show what was said before, and in its place what was typed since and not sent."""
        is_way_out = answer.reply not in (None, Reply.ANSWERED)
        self.card = answer.card
        super().__init__(
            revision=str(answer.revision),
            chosen=list(typed.chosen if typed else answer.chosen),
            answer=typed.way_out if typed else answer.reply.value if answer.reply and is_way_out else "",
            words=typed.words if typed else answer.words,
            staff_words=typed.staff_words if typed else answer.staff_words,
            taken_over=typed.page_id if typed else "",
            **options,
        )

    @property
    def sent_revision(self) -> int:
        """Return which version of the card the page was made from."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0

    def typed(self) -> Typed:
        """Return what stands on the card, sent or not."""
        words, staff_words = (_plain(field.data)[: 2 * MOST_WORDS] for field in (self.words, self.staff_words))
        sent = self.sent()
        return Typed(
            page_id=self.page.data,
            card=self.card,
            chosen=sent.chosen,
            way_out=sent.way_out,
            words=words,
            staff_words=staff_words,
        )

    def sent(self) -> Sent:
        """Return what was entered; the one button beside an earlier answer that skips the card is a way out, too."""
        answer = Reply.SKIPPED.value if self.do.data == "skip" else self.answer.data or ""
        is_option = answer.startswith(OPTION)
        return Sent(
            chosen=(answer.removeprefix(OPTION),) if is_option else tuple(self.chosen.data or ()),
            way_out="" if is_option else answer,
            words=_plain(self.words.data),
            staff_words=_plain(self.staff_words.data),
            revision=self.sent_revision,
        )


class ChoiceForm(CardForm):
    """Which of two versions of a card stays; the one that was sent comes along, with the page on which it stood."""

    choice = HiddenField()

    @classmethod
    def beside(cls, sent: Answer, form: CardForm) -> Self:
        """Return the form for a page on which a card was answered that was changed meanwhile."""
        choice = cls(sent, formdata=None)
        choice.page.data, choice.taken_over.data = form.page.data, form.taken_over.data
        return choice

    @property
    def chosen_version(self) -> Choice:
        """Return what stays; by default the words of both."""
        return Choice(self.choice.data) if self.choice.data in list(Choice) else Choice.BOTH


def _plain(text: str | None) -> str:
    """Return words as they were written, with the line ends of every system alike."""
    return (text or "").replace("\r\n", "\n").strip()
