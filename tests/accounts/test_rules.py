"""Roles, sign-in limits and names, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.accounts.rules import (
    ABSOLUTE_LIMIT,
    ROLES,
    TRIES,
    Role,
    SignedIn,
    UnusableSignInName,
    check_sign_in_name,
    normalised_sign_in_name,
    seconds_to_wait,
    session_has_ended,
)
from harmreduction.core.permissions import Permission

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

# The table of roles, as the programme agreed on it. A change here is a decision, not a repair.
TABLE = {
    "volunteer": {"LOG_DISTRIBUTIONS"},
    "outreach_worker": {
        "LOG_DISTRIBUTIONS",
        "HANDLE_STOCK",
        "CHECK_SERVICES",
        "MAKE_REFERRALS",
        "RECORD_CARE",
        "LOOK_UP_PARTICIPANTS",
    },
    "clinician": {
        "LOG_DISTRIBUTIONS",
        "HANDLE_STOCK",
        "CHECK_SERVICES",
        "MAKE_REFERRALS",
        "RECORD_CARE",
        "LOOK_UP_PARTICIPANTS",
        "LIST_PARTICIPANTS",
        "HOLD_CONVERSATIONS",
        "USE_INSTRUMENTS",
    },
    "programme_lead": {
        "LOG_DISTRIBUTIONS",
        "VOID_ANY_DISTRIBUTION",
        "HANDLE_STOCK",
        "MANAGE_CATALOGUE",
        "MANAGE_DIRECTORY",
        "CHECK_SERVICES",
        "MAKE_REFERRALS",
        "RECORD_CARE",
        "LOOK_UP_PARTICIPANTS",
        "LIST_PARTICIPANTS",
        "REVIEW_REVERSALS",
        "SHAPE_QUESTIONS",
        "LOOK_AFTER_PHONES",
        "REVIEW_FIELD_RECORDS",
        "VIEW_REPORTS",
        "EXPORT_DATA",
        "IMPORT_HISTORY",
        "READ_AUDIT",
    },
    "administrator": {"LOOK_AFTER_PHONES", "READ_AUDIT", "MANAGE_ACCOUNTS", "MANAGE_SITES", "MANAGE_SETTINGS"},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_holds_the_permissions_of_the_table_and_no_others(role: Role) -> None:
    assert {permission.name for permission in ROLES[role].permissions} == TABLE[role]


def test_every_permission_is_held_by_somebody() -> None:
    assert set.union(*TABLE.values()) == {permission.name for permission in Permission}


def test_an_administrator_neither_hands_out_nor_sees_hand_outs() -> None:
    assert not TABLE["administrator"] & {"LOG_DISTRIBUTIONS", "HANDLE_STOCK", "VIEW_REPORTS", "EXPORT_DATA"}
    assert "MAKE_REFERRALS" not in TABLE["administrator"]


def test_a_role_lists_its_permissions_for_reading() -> None:
    listed = ROLES[Role.PROGRAMME_LEAD].listed_permissions
    assert listed[0] is Permission.LOG_DISTRIBUTIONS
    assert set(listed) == ROLES[Role.PROGRAMME_LEAD].permissions


def person(role: Role, *site_ids: int) -> SignedIn:
    return SignedIn(
        account_id=1,
        public_id="a",
        label="Maya",
        role=role,
        own_site_ids=frozenset(site_ids),
        session_id=1,
        confirmed_at=NOON,
    )


def test_only_a_programme_lead_works_at_every_site() -> None:
    assert person(Role.PROGRAMME_LEAD).works_at(7)
    for role in [role for role in Role if role is not Role.PROGRAMME_LEAD]:
        assert person(role, 3).works_at(3)
        assert not person(role, 3).works_at(7)
        assert not person(role, 3).works_at(None)


@pytest.mark.parametrize(
    ("role", "hours_idle", "has_ended"),
    [
        (Role.VOLUNTEER, 11.9, False),
        (Role.VOLUNTEER, 12, True),
        (Role.OUTREACH_WORKER, 11.9, False),
        (Role.CLINICIAN, 0.4, False),
        (Role.CLINICIAN, 0.5, True),
        (Role.PROGRAMME_LEAD, 0.5, True),
        (Role.ADMINISTRATOR, 0.5, True),
    ],
)
def test_a_session_may_rest_as_long_as_its_role_allows(role: Role, hours_idle: float, has_ended: bool) -> None:
    now = NOON + timedelta(hours=hours_idle)
    assert session_has_ended(role, created_at=NOON, seen_at=NOON, now=now) is has_ended


@pytest.mark.parametrize("role", Role)
def test_no_session_outlives_the_absolute_limit_however_much_it_is_used(role: Role) -> None:
    now = NOON + ABSOLUTE_LIMIT
    assert session_has_ended(role, created_at=NOON, seen_at=now, now=now)


def test_the_sixth_try_within_a_minute_waits_for_the_rest_of_it() -> None:
    assert seconds_to_wait(TRIES - 1, NOON, NOON) == 0
    assert seconds_to_wait(TRIES, NOON, NOON + timedelta(seconds=18)) == 42
    assert seconds_to_wait(TRIES, NOON, NOON + timedelta(seconds=60)) == 0


@given(st.text())
def test_a_sign_in_name_is_the_same_however_often_it_is_normalised(text: str) -> None:
    once = normalised_sign_in_name(text)
    assert normalised_sign_in_name(once) == once


@pytest.mark.parametrize("name", ["maya", "jo-2", "ana.b", "josé", "小林", "a_b"])
def test_nicknames_of_any_script_can_sign_in(name: str) -> None:
    check_sign_in_name(normalised_sign_in_name(name))


@pytest.mark.parametrize("name", ["", "m", "maya b", "maya@example.org", "a" * 41, "ma\x00ya", "<b>"])
def test_names_that_cannot_be_typed_alike_everywhere_are_refused(name: str) -> None:
    with pytest.raises(UnusableSignInName, match="without spaces"):
        check_sign_in_name(normalised_sign_in_name(name))
