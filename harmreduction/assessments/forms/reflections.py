"""The form in which a member of the team looks back at a conversation."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from harmreduction.assessments.rules.reflections import MOST_LEARNED, QUESTIONS, Reflection
from harmreduction.web.forms import Form, OnceField
from harmreduction.web.i18n import say


class ReflectionForm(Form):
    """Four questions and own words; all can be left."""

    form_id = OnceField()
    talked_most = RadioField(validate_choice=False)
    began_with_strengths = RadioField(validate_choice=False)
    offered_choices = RadioField(validate_choice=False)
    asked_before_telling = RadioField(validate_choice=False)
    learned = TextAreaField(
        _("What did I learn?"),
        [Length(max=MOST_LEARNED, message=_("Keep it under 2,000 characters."))],
        description=_("Only you can read this here. Nothing that points to a participant."),
    )

    def __init__(self, **options: Any) -> None:
        """Offer the questions in the reader's language."""
        super().__init__(**options)
        for code, question in QUESTIONS.items():
            self[code].label.text = say(question.words)
            self[code].choices = {answer: say(text) for answer, text in question.answers.items()}

    def questions(self) -> list[RadioField]:
        """Return the fields of the questions, in their order."""
        return [self[code] for code in QUESTIONS]

    def reflection(self) -> Reflection:
        """Return what was answered; what is no answer was skipped."""
        said = {code: self[code].data for code in QUESTIONS}
        return Reflection(
            client_id=self.form_id.data,
            answers={code: answer for code, answer in said.items() if answer in QUESTIONS[code].answers},
            learned=(self.learned.data or "").strip(),
        )
