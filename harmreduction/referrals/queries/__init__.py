"""Read referrals, what may be shared of them, and how many got there."""

from harmreduction.referrals.queries.agreements import (
    SharedReferral,
    Sharing,
    find_answered,
    find_link,
    get_consent,
    get_shared,
    list_sharing,
)
from harmreduction.referrals.queries.linkage import BarrierCount, count_barriers, list_followed, name_services
from harmreduction.referrals.queries.referrals import (
    Detail,
    Note,
    find_by_slip_number,
    find_participant,
    find_reach,
    find_whose,
    get_detail,
    get_referral,
    list_barriers,
)
from harmreduction.referrals.queries.services import Called, Target, find_target, list_called, target_of
from harmreduction.referrals.queries.to_call import Asked, Row, list_to_call

__all__ = [
    "Asked",
    "BarrierCount",
    "Called",
    "Detail",
    "Note",
    "Row",
    "SharedReferral",
    "Sharing",
    "Target",
    "count_barriers",
    "find_answered",
    "find_by_slip_number",
    "find_link",
    "find_participant",
    "find_reach",
    "find_target",
    "find_whose",
    "get_consent",
    "get_detail",
    "get_referral",
    "get_shared",
    "list_barriers",
    "list_called",
    "list_followed",
    "list_sharing",
    "list_to_call",
    "name_services",
    "target_of",
]
