"""What a lead can do about a record that could not be saved by itself. Plain Python."""

from datetime import timedelta
from enum import StrEnum

from harmreduction.core.messages import Message, message
from harmreduction.sync.rules.deeds import HandedOut, LoadedOut, ReversalTold, Talked, ToldOnVisit
from harmreduction.sync.rules.records import Written
from harmreduction.sync.rules.statuses import NOT_OURS, Reason

STUCK_AFTER = timedelta(minutes=15)  # a record that came is saved within a moment; one that is not needs a look
CAN_BE_CHANGED = (HandedOut, ToldOnVisit, Talked, ReversalTold, LoadedOut)


class SetAside(StrEnum):
    """Why a record is not saved, now or ever."""

    PRACTICE = "practice"
    NEVER_HAPPENED = "never_happened"
    BY_HAND = "by_hand"
    NOT_OURS = "not_ours"


SET_ASIDE_REASONS: dict[SetAside, Message] = {
    SetAside.PRACTICE: message("Somebody practised"),
    SetAside.NEVER_HAPPENED: message("It did not happen"),
    SetAside.BY_HAND: message("It was entered by hand already"),
    SetAside.NOT_OURS: message("It is none of our records"),
}

WHAT_TO_DO: dict[Reason, Message] = {
    Reason.UNREADABLE: message("Nothing can be saved from it. Set it aside, and ask the person what happened."),
    Reason.UNKNOWN_DEVICE: message("If you know that phone, choose who wrote it and save it. If not, set it aside."),
    Reason.REVOKED_DEVICE: message("If the phone is back in good hands, save it as it is. If not, set it aside."),
    Reason.BAD_SIGNATURE: message("Set it aside, and ask the person what happened."),
    Reason.UNKNOWN_KEY: message("Ask the administrator to put the old key of the phones back, then try again."),
    Reason.CHANGED: message("Set it aside, and ask the person what happened."),
    Reason.BAD_CONTENT: message("Ask the person what happened and enter it by hand, then set it aside."),
    Reason.UNKNOWN_KIND: message("Ask the administrator to update the app, then try again."),
    Reason.NEWER_VERSION: message("Ask the administrator to update the app, then try again."),
    Reason.UNKNOWN_AUTHOR: message("Choose who wrote it, then save it."),
    Reason.NOT_ALLOWED: message("Give its author the role or the site that it needs and try again, or choose another."),
    Reason.NOT_FOUND: message("Choose what is meant instead, or give its author the site and try again."),
    Reason.OTHER_CONTENT: message("Compare both, then save this one too or set it aside."),
    Reason.NO_TARGET: message("If what it takes back comes later, try again. If not, set it aside."),
    Reason.CANNOT_BE: message("Put right what it says, then try again, or save it with changes."),
}


def may_be_saved_changed(written: Written | None, reason: Reason | None) -> bool:
    """Say whether a lead may save what a record tells with changes: it can be read, and is from one of our phones."""
    return written is not None and isinstance(written.deed, CAN_BE_CHANGED) and reason not in NOT_OURS
