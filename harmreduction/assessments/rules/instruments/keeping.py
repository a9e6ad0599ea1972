"""A result that a participant wanted kept with their code."""

from dataclasses import dataclass

from harmreduction.assessments.rules.instruments.base import Answers, Instrument


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The answers to an instrument. client_id (a UUID) was made with the page; participant_id is the row id."""

    client_id: str
    participant_id: int
    site_id: int
    instrument: Instrument
    answers: Answers
