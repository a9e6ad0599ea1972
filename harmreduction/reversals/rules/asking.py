"""What a question is: its words for staff and on the public page, and the answers it knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harmreduction.core.messages import Message, message

# Which words were asked. A question or an answer whose meaning changes gets a new code, and none is used again.
CURRENT_WORDING = "2026-11"

DONT_KNOW = "dont_know"
YES_NO: dict[str, Message] = {
    "yes": message("Yes"),
    "no": message("No"),
    DONT_KNOW: message("I don't know"),
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: how it is asked, the codes of its answers with their words, and whether several may be ticked.

    public_text and public_answers are used where whoever was there answers for themselves.
    """

    code: str
    text: Message
    answers: Mapping[str, Message]
    takes_several: bool = False
    public_text: Message | None = None
    public_answers: Mapping[str, Message] = field(default_factory=dict)

    def asked(self, *, is_public: bool) -> Message:
        """Return the words of the question."""
        return self.public_text if is_public and self.public_text is not None else self.text

    def offered(self, *, is_public: bool) -> dict[str, Message]:
        """Return the answers in their order, by code."""
        return {**self.answers, **self.public_answers} if is_public else dict(self.answers)


@dataclass(frozen=True, kw_only=True)
class Section:
    """Optional questions under one heading; code names it in a page."""

    code: str
    title: Message
    questions: tuple[Question, ...]
