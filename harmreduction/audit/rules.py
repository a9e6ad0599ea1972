"""What is worth remembering about who did what, and how entries are chained.

Each entry carries a digest of itself and of the one before, made with a key that the database does not hold. So
whoever can write to the database alone cannot change, swap, insert or remove an entry unseen. They can cut entries
off at the end: that shows only beside an end of the trail that was written down elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from harmreduction.core.messages import message

FIRST_LINK = "0" * 64


class Event(Enum):
    """Something that a person did; the name is stored, the sentence is shown."""

    DISTRIBUTION_LOGGED = message("Logged a hand-out")
    DISTRIBUTION_UNDONE = message("Undid a hand-out")
    DISTRIBUTION_VOIDED = message("Voided a hand-out")
    VISIT_DETAILS_ADDED = message("Added details to a visit")
    VISIT_DETAILS_SENT = message("Sent details of a visit from a phone")
    CONVERSATION_KEPT = message("Kept a conversation, as the participant wanted")
    CONVERSATION_SEEN = message("Looked at a conversation that was kept")
    CONVERSATION_ERASED = message("Erased a conversation")
    LOOP_ENDED = message("Brought something from a conversation to its end")
    LOOP_MOVED = message("Chose another day for something from a conversation")
    CARDS_CHANGED = message("Changed the cards of the conversation")
    INSTRUMENT_USED = message("Used a clinical instrument")
    INSTRUMENT_SEEN = message("Looked at the result of an instrument")
    INSTRUMENT_ERASED = message("Erased the result of an instrument")
    REFLECTION_KEPT = message("Noted how a conversation went")
    REFLECTION_ERASED = message("Erased a note of how a conversation went")
    STOCK_RECEIVED = message("Received supplies")
    STOCK_TRANSFERRED = message("Moved supplies")
    STOCK_REVERSED = message("Took back a stock movement")
    STOCK_COUNTED = message("Counted what lies at a place")
    STOCK_COUNT_DROPPED = message("Dropped a count")
    STOCK_ADJUSTED = message("Adjusted stock")
    STOCK_WASTED = message("Threw supplies away")
    STOCK_SENT = message("Sent supplies off")
    STOCK_ACCEPTED = message("Accepted supplies that were sent")
    STOCK_HANDED_ON = message("Noted what a partner handed on")
    STOCK_CAME_BACK = message("Took supplies back from participants")
    STOCK_IMPORTED = message("Brought in opening stock")
    STOCK_EXPORTED = message("Downloaded stock")
    SHIFT_OPENED = message("Loaded out for a shift")
    SHIFT_CLOSED = message("Closed out a shift")
    KITS_PACKED = message("Packed kits")
    KITS_TAKEN_APART = message("Took kits apart")
    RECIPE_CHANGED = message("Changed a kit recipe")
    LOT_CHANGED = message("Changed a lot")
    EXPIRY_SEEN = message("Saw a warning about a date")
    RECALL_OPENED = message("Opened a recall")
    RECALL_CHANGED = message("Changed a recall")
    STOCK_POLICY_CHANGED = message("Changed how much a place holds")
    REQUISITION_CHANGED = message("Changed a request for supplies")
    FUNDING_CHANGED = message("Changed a funding source or its rules")
    STOCK_REASON_CHANGED = message("Changed a stock reason")
    USUAL_HAND_OUT_CHANGED = message("Changed a usual hand-out")
    DISCREPANCY_CLOSED = message("Looked into stock that did not fit")
    ITEM_CHANGED = message("Changed an item")
    STOCK_LOCATION_CHANGED = message("Changed a stock place")
    HISTORY_IMPORTED = message("Brought in past totals")
    REPORT_EXPORTED = message("Downloaded a report")
    DIRECTORY_IMPORTED = message("Brought in services")
    DIRECTORY_EXPORTED = message("Downloaded the directory")
    SERVICE_CHANGED = message("Changed a service")
    SERVICE_CHECKED = message("Checked a service")
    SERVICES_MERGED = message("Merged two services, or parted them again")
    CLOSURE_CHANGED = message("Changed days on which a service is closed")
    SUGGESTION_DECIDED = message("Decided on a suggested change")
    HOTLINE_CHANGED = message("Changed a hotline")
    REFERRAL_MADE = message("Made a referral")
    REFERRAL_SEEN = message("Looked at a referral")
    REFERRAL_CHANGED = message("Followed up a referral")
    REFERRAL_SHARED = message("Shared a referral with a partner")
    REFERRAL_UNSHARED = message("Ended the sharing of a referral")
    CARDS_PRINTED = message("Printed cards with codes")
    CODE_STARTED = message("Began with a participant's code")
    CODE_CHANGED = message("Changed a participant's codes")
    PARTICIPANT_SEEN = message("Looked at a participant")
    PARTICIPANTS_LISTED = message("Looked through the list of participants")
    LOOKUPS_STOPPED = message("Looked for too many codes within an hour")
    PARTICIPANTS_MERGED = message("Merged two participants, or parted them again")
    PARTICIPANT_FORGOTTEN = message("Forgot a participant")
    PROFILE_CHANGED = message("Changed what a participant told")
    JOURNEY_CHANGED = message("Changed what a participant reached")
    QUESTIONS_CHANGED = message("Changed what participants may be asked")
    VISIT_STARTED = message("Began a visit")
    VISIT_TAKEN_BACK = message("Took back a visit on which nothing happened")
    VISIT_JOINED = message("Joined a visit and a code, or parted them")
    CARE_RECORDED = message("Recorded services, tests or topics")
    NALOXONE_TALKED = message("Recorded a talk about naloxone")
    NEED_TOLD = message("Recorded what somebody needs")
    QUEUE_CHANGED = message("Changed the queue of the front desk")
    GROUP_EVENT_CHANGED = message("Recorded a training or a group")
    SHARPS_COLLECTED = message("Recorded sharps that were collected")
    PEER_REPORT_MADE = message("Recorded what a distributor told")
    COMMUNITY_REMOVED = message("Removed a training, collected sharps or what a distributor told")
    REVERSAL_REPORTED = message("Recorded a reversal report")
    REVERSAL_SEEN = message("Looked at a reversal report")
    REVERSAL_REVIEWED = message("Decided on a reversal report")
    REVERSAL_CUT_LOOSE = message("Cut a reversal report loose from its visit")
    DEVICE_ADDED = message("Set up a phone for work without a signal")
    DEVICE_CHANGED = message("Renamed a phone")
    DEVICE_REVOKED = message("Ended the access of a phone")
    FIELD_RECORDS_IMPORTED = message("Brought in a file of records from a phone")
    FIELD_RECORD_SEEN = message("Looked at a record from a phone that waits for review")
    FIELD_RECORD_RESOLVED = message("Put right a record from a phone")
    FIELD_RECORD_SET_ASIDE = message("Set a record from a phone aside for good")
    FIGURES_RELEASED = message("Showed numbers outside")
    ROLLED_UP = message("Erased what was past its time")
    SIGNED_IN = message("Signed in")
    SIGNED_OUT = message("Signed out")
    SIGN_IN_FAILED = message("Sign-in did not work")
    PASSPHRASE_CHANGED = message("Changed a passphrase")
    SESSION_REVOKED = message("Ended a session")
    SIGN_IN_LINK_MADE = message("Made a sign-in link")
    ACCOUNT_INVITED = message("Invited a person to the team")
    ACCOUNT_CHANGED = message("Changed a team member's role or sites")
    ACCOUNT_DISABLED = message("Ended a team member's access")
    ACCOUNT_ENABLED = message("Gave a team member access again")
    SITE_CHANGED = message("Changed a site")
    SETTING_CHANGED = message("Changed a setting")
    PROGRAMME_STARTED = message("Set up the programme")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one audit entry says: when (ISO 8601, UTC), what, who, about which public id, at which site."""

    at: str
    event: str
    actor: str
    account_id: int | None
    subject: str | None
    site_id: int | None


def link(previous: str, entry: Entry, *, key: bytes) -> str:
    """Return the digest (HMAC-SHA-256, hexadecimal) that ties an entry to everything before it."""
    text = json.dumps(vars(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, f"{previous}{text}".encode(), hashlib.sha256).hexdigest()


def first_broken_link(chain: Iterable[tuple[int, Entry, str]], *, key: bytes) -> int | None:
    """Return the number of the first entry whose digest does not follow from those before, if any."""
    previous = FIRST_LINK
    for number, entry, digest in chain:
        if not hmac.compare_digest(link(previous, entry, key=key), digest):
            return number
        previous = digest
    return None
