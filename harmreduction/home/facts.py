"""What the system can know, in plain words: every sensitive or secret column belongs to exactly one of these facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from harmreduction.core.messages import Message, message


class Lock(StrEnum):
    """What a fact is locked with besides the database: nothing, the key of the notes, or a digest of one direction."""

    NONE = "none"
    SEALED = "sealed"
    DIGEST = "digest"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that can be known, the columns in which it stands (table.column), and its lock."""

    words: Message
    columns: frozenset[str]
    lock: Lock = Lock.NONE


def _in(table: str, columns: str) -> frozenset[str]:
    """Return columns of a table by their names, with spaces between them."""
    return frozenset(f"{table}.{column}" for column in columns.split())


FACTS: Mapping[str, Fact] = {
    "visits": Fact(
        words=message("When somebody came, to which site, and for whom the supplies were, as far as told"),
        columns=_in("encounter", "occurred_at is_time_known recorded_at audience number_of_others")
        | _in("field_record", "device_at sent_at received_at happened_at")
        | _in("field_record_variant", "received_at"),
    ),
    "talks": Fact(
        words=message("What happened to the naloxone before, and how much somebody needs, on one visit"),
        columns=_in("naloxone_talk", "previous_fate previous_source times_used recorded_at")
        | _in("stated_need", "injections injection_days supplies_units supplies_days people_around told_at"),
    ),
    "joined": Fact(
        words=message("Which visits, referrals and reports belong to one person with a code, and at which sites"),
        columns=_in("participant", "id public_id trail_id began_on merged_into_id merged_at")
        | _in("participant_site", "participant_id site_id since")
        | _in("participant_code", "id participant_id kind key_mark recipe_version issued_on ended_on")
        | _in("encounter", "participant_id")
        | _in("referral", "participant_id")
        | _in("reversal_report", "participant_id encounter_id talk_id"),
    ),
    "codes": Fact(
        words=message("Codes, as digests: they cannot be read back, only compared by who has the key"),
        columns=_in("participant_code", "code_digest"),
        lock=Lock.DIGEST,
    ),
    "told": Fact(
        words=message("What somebody with a code told once, what is in place in their life, and how far they came"),
        columns=_in("profile_answer", "id participant_id site_id field answer told_on erase_on")
        | _in("connection", "participant_id site_id part status told_on")
        | _in("journey_mark", "participant_id site_id step_id reached_on")
        | _in("journey_barrier", "participant_id site_id step_id barrier noted_on"),
    ),
    "referrals": Fact(
        words=message("Which slip number wanted which kind of help, when, and whether they may be contacted"),
        columns=_in("referral", "slip_number made_at appointment_at follow_up_on arrived_on may_contact reach_by")
        | _in("referral", "reach_hours closed_at")
        | _in("referral_note", "written_at"),
    ),
    "overdoses": Fact(
        words=message("On which day and in which part of town an overdose was, as far as told"),
        columns=_in("reversal_report", "happened_on area received_at"),
    ),
    "conversations": Fact(
        words=message(
            "What somebody wanted kept of a conversation: options they chose, their plan, what is open after"
        ),
        columns=_in("conversation", "participant_id plan_number")
        | _in("conversation_version", "fingerprint held_on language situation wishes sign_off review_on")
        | _in("card_answer", "card reply is_still_true")
        | _in("card_choice", "option is_concern")
        | _in("plan_line", "step_id domain card option importance confidence is_on_paper")
        | _in("open_loop", "kind opened_on due_on referral_id ended ended_on"),
    ),
    "own_words": Fact(
        words=message("Own words from conversations, a participant's and the team's, each as they were said"),
        columns=_in("conversation_version", "goal_sealed")
        | _in("card_answer", "words_sealed staff_words_sealed earlier_sealed staff_earlier_sealed")
        | _in("plan_line", "words_sealed when_sealed place_sealed helper_sealed")
        | _in("open_loop", "words_sealed")
        | _in("talk_reflection", "learned_sealed"),
        lock=Lock.SEALED,
    ),
    "instruments": Fact(
        words=message("What somebody with a code answered to a clinical instrument, question by question"),
        columns=_in("instrument_result", "participant_id instrument taken_on")
        | _in("instrument_answer", "item answer"),
    ),
    "notes": Fact(
        words=message("Notes, how to find somebody, and suggestions for the directory"),
        columns=_in("encounter", "note_sealed")
        | _in("reversal_report", "note_sealed")
        | _in("sharps_collection", "area_sealed note_sealed")
        | _in("referral", "reach_sealed")
        | _in("referral_note", "text_sealed")
        | _in("suggestion", "text_sealed"),
        lock=Lock.SEALED,
    ),
    "unsent": Fact(
        words=message("What a phone sent and could not be saved by itself, until a lead has put it right"),
        columns=_in("field_record", "envelope_sealed") | _in("field_record_variant", "envelope_sealed"),
        lock=Lock.SEALED,
    ),
    "waiting": Fact(
        words=message("Who waits at a front desk today, as ticket numbers, with a code only where one was shown"),
        columns=_in("queue_entry", "id public_id site_id day ticket wish participant_id encounter_id state")
        | _in("queue_entry", "arrived_at called_at ended_at"),
    ),
    "places": Fact(
        words=message("Where services are, confidential ones too, and files of services until somebody decides"),
        columns=_in("service_location", "postal_code latitude longitude")
        | _in("directory_import", "content")
        | _in("directory_import_row", "id import_id row_number name verdict effect reasons records differences"),
    ),
    "doors": Fact(
        words=message("Passphrases and links of the team, as digests that open nothing, and what was decided here"),
        columns=_in("account", "passphrase_hash")
        | _in("account_session", "token_digest")
        | _in("sign_in_link", "token_digest")
        | _in("sign_in_throttle", "name_digest")
        | _in("referral_link", "token_digest")
        | _in("field_device", "token_digest")
        | _in("setting", "value"),
        lock=Lock.DIGEST,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Nowhere:
    """Something that has no place in the system, and the words by which a column for it would be called."""

    words: Message
    column_words: frozenset[str]


def _called(text: str) -> frozenset[str]:
    """Return words from a text with spaces between them."""
    return frozenset(text.split())


NOWHERE: tuple[Nowhere, ...] = (
    Nowhere(
        words=message("Names, initials, nicknames"),
        column_words=_called("first last middle maiden full given family surname nickname alias initials"),
    ),
    Nowhere(
        words=message("Birth dates and exact ages"),
        column_words=_called("birth birthday birthdate born dob age"),
    ),
    Nowhere(
        words=message("Phone numbers, email addresses, where somebody lives"),
        column_words=_called("phone mobile email mail address street zip postcode postal home"),
    ),
    Nowhere(
        words=message("Identity papers, insurance, immigration status, arrests"),
        column_words=_called("ssn passport license licence insurance medicaid nationality immigration arrest"),
    ),
    Nowhere(
        words=message("Pictures, voices, relatives"),
        column_words=_called("photo picture face voice relative"),
    ),
    Nowhere(
        words=message(
            "Columns for race, ethnicity or gender: what somebody told, if your programme asks, stands under a code"
        ),
        column_words=_called("race ethnicity gender sex"),
    ),
    Nowhere(
        words=message("Positions, and the internet addresses of visitors"),
        column_words=_called("ip latitude longitude geo"),
    ),
)
ABOUT_SERVICES = frozenset(
    {"directory_source", "finder_entry", "geocoded_address", "hotline", "not_duplicate", "service_location"}
) | {"same_event"}  # the one report and the other
