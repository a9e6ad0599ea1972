"""What becomes of each column when its time is over."""

from dataclasses import dataclass
from enum import StrEnum


class Treatment(StrEnum):
    """What a roll-up does to a column.

    gone: empty, or the row is erased. to_the_day: noon of the same day. stays: it is kept for the counts, on a row that
    belongs to nobody any more. anew: drawn by lot again, so that the old one leads nowhere.
    """

    GONE = "gone"
    TO_THE_DAY = "to_the_day"
    STAYS = "stays"
    ANEW = "anew"


TREATMENTS: dict[str, Treatment] = {
    "encounter.participant_id": Treatment.GONE,
    "encounter.note_sealed": Treatment.GONE,
    "encounter.occurred_at": Treatment.TO_THE_DAY,
    "encounter.is_time_known": Treatment.TO_THE_DAY,
    "encounter.recorded_at": Treatment.TO_THE_DAY,
    "encounter.audience": Treatment.STAYS,
    "encounter.number_of_others": Treatment.STAYS,
    "naloxone_talk.previous_fate": Treatment.STAYS,
    "naloxone_talk.previous_source": Treatment.STAYS,
    "naloxone_talk.times_used": Treatment.STAYS,
    "naloxone_talk.recorded_at": Treatment.TO_THE_DAY,
    "stated_need.injections": Treatment.STAYS,
    "stated_need.injection_days": Treatment.STAYS,
    "stated_need.supplies_units": Treatment.STAYS,
    "stated_need.supplies_days": Treatment.STAYS,
    "stated_need.people_around": Treatment.STAYS,
    "stated_need.told_at": Treatment.TO_THE_DAY,
    "sharps_collection.area_sealed": Treatment.GONE,
    "sharps_collection.note_sealed": Treatment.GONE,
    "reversal_report.participant_id": Treatment.GONE,
    "reversal_report.encounter_id": Treatment.GONE,
    "reversal_report.talk_id": Treatment.GONE,
    "reversal_report.area": Treatment.GONE,
    "reversal_report.note_sealed": Treatment.GONE,
    "reversal_report.happened_on": Treatment.STAYS,
    "reversal_report.received_at": Treatment.TO_THE_DAY,
    "referral.slip_number": Treatment.ANEW,
    "referral.participant_id": Treatment.GONE,
    "referral.made_at": Treatment.TO_THE_DAY,
    "referral.appointment_at": Treatment.TO_THE_DAY,
    "referral.closed_at": Treatment.TO_THE_DAY,
    "referral.arrived_on": Treatment.STAYS,
    "referral.follow_up_on": Treatment.GONE,
    "referral.may_contact": Treatment.GONE,
    "referral.reach_by": Treatment.GONE,
    "referral.reach_hours": Treatment.GONE,
    "referral.reach_sealed": Treatment.GONE,
    "referral_note.text_sealed": Treatment.GONE,
    "referral_note.written_at": Treatment.GONE,
    "conversation.participant_id": Treatment.GONE,
    "conversation.plan_number": Treatment.GONE,
    "conversation_version.fingerprint": Treatment.ANEW,
    "conversation_version.held_on": Treatment.STAYS,
    "conversation_version.language": Treatment.STAYS,
    "conversation_version.situation": Treatment.STAYS,
    "conversation_version.wishes": Treatment.GONE,
    "conversation_version.goal_sealed": Treatment.GONE,
    "conversation_version.sign_off": Treatment.STAYS,
    "conversation_version.review_on": Treatment.GONE,
    "card_answer.card": Treatment.STAYS,
    "card_answer.reply": Treatment.STAYS,
    "card_answer.words_sealed": Treatment.GONE,
    "card_answer.staff_words_sealed": Treatment.GONE,
    "card_answer.earlier_sealed": Treatment.GONE,
    "card_answer.staff_earlier_sealed": Treatment.GONE,
    "card_answer.is_still_true": Treatment.GONE,
    "card_choice.option": Treatment.STAYS,
    "card_choice.is_concern": Treatment.STAYS,
    "plan_line.step_id": Treatment.ANEW,
    "plan_line.domain": Treatment.STAYS,
    "plan_line.card": Treatment.STAYS,
    "plan_line.option": Treatment.STAYS,
    "plan_line.words_sealed": Treatment.GONE,
    "plan_line.when_sealed": Treatment.GONE,
    "plan_line.place_sealed": Treatment.GONE,
    "plan_line.helper_sealed": Treatment.GONE,
    "plan_line.importance": Treatment.GONE,
    "plan_line.confidence": Treatment.GONE,
    "plan_line.is_on_paper": Treatment.GONE,
    "open_loop.kind": Treatment.GONE,
    "open_loop.words_sealed": Treatment.GONE,
    "open_loop.opened_on": Treatment.GONE,
    "open_loop.due_on": Treatment.GONE,
    "open_loop.referral_id": Treatment.GONE,
    "open_loop.ended": Treatment.GONE,
    "open_loop.ended_on": Treatment.GONE,
    "instrument_result.participant_id": Treatment.GONE,
    "instrument_result.instrument": Treatment.GONE,
    "instrument_result.taken_on": Treatment.GONE,
    "instrument_answer.item": Treatment.GONE,
    "instrument_answer.answer": Treatment.GONE,
    "talk_reflection.learned_sealed": Treatment.GONE,
    "field_record.device_at": Treatment.GONE,
    "field_record.sent_at": Treatment.GONE,
    "field_record.received_at": Treatment.TO_THE_DAY,
    "field_record.happened_at": Treatment.TO_THE_DAY,
    "field_record_variant.received_at": Treatment.TO_THE_DAY,
}


@dataclass(frozen=True, kw_only=True)
class RolledUp:
    """How many rows a roll-up changed or erased."""

    visits: int = 0
    reports: int = 0
    referrals: int = 0
    conversations: int = 0
    participants: int = 0
