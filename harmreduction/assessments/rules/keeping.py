"""What is kept of a conversation, and whether it is a further version of one that was kept before. Plain Python."""

from collections.abc import Collection

from harmreduction.assessments.packing import packed
from harmreduction.assessments.rules.talks import Draft, Keeping

KEPT = ("answers", "order", "steps", "goal", "situation", "sign_off", "review_on", "language", "wishes", "loops")


def said_in(draft: Draft) -> dict[str, object]:
    """Return everything that is kept of a conversation as plain JSON, by which a page sent again is known."""
    told = packed(draft, without="cards")
    return {name: told[name] for name in KEPT} | {"wishes": sorted(draft.wishes)}


def is_same_person(kept_with: int | None, participant_ids: Collection[int]) -> bool:
    """Say whether a conversation that was kept goes on: with the same code, or without any both times.

    kept_with: the participant's row of then; participant_ids: all rows of whoever is there now, none without a code.
    """
    return kept_with in participant_ids if participant_ids else kept_with is None


def is_with_code(draft: Draft) -> bool:
    """Say whether a conversation is kept with the code of its participant."""
    return draft.keeping is Keeping.WITH_CODE and draft.participant_id is not None
