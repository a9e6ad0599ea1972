"""What people do with referrals: make them, follow them up, share them with a partner."""

from harmreduction.referrals.actions.following import ask_again_later, say_whether_kept, stop_contacting, take_step
from harmreduction.referrals.actions.making import (
    make_referral,
    note_barriers,
    note_seen,
    part_from_code,
    record_export,
    write_note,
)
from harmreduction.referrals.actions.sharing import answer_as_partner, end_sharing, open_link, share_referral

__all__ = [
    "answer_as_partner",
    "ask_again_later",
    "end_sharing",
    "make_referral",
    "note_barriers",
    "note_seen",
    "open_link",
    "part_from_code",
    "record_export",
    "say_whether_kept",
    "share_referral",
    "stop_contacting",
    "take_step",
    "write_note",
]
