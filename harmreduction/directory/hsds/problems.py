"""What is wrong with a document or a row, and where."""

from dataclasses import dataclass

from harmreduction.core.messages import Message


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is not as the standard says: where, a short code for programs, and a sentence for people.

    path: keys and positions, as "service.phones.0.number", or table and row, as "regular_schedules.12".
    """

    path: str
    code: str
    message: Message
