"""Roles, passphrases, sign-in limits: decisions without a database."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, counted_message, message
from harmreduction.core.permissions import Permission


class Role(StrEnum):
    """What a person does in the programme."""

    VOLUNTEER = "volunteer"
    OUTREACH_WORKER = "outreach_worker"
    CLINICIAN = "clinician"
    PROGRAMME_LEAD = "programme_lead"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True)
class RoleDescription:
    """A role as its help page prints it.

    sees_all_sites: not only the sites they work for. idle: how long a session may rest.
    """

    name: Message
    summary: Message
    permissions: frozenset[Permission]
    sees_all_sites: bool = False
    idle: timedelta = timedelta(minutes=30)

    @property
    def listed_permissions(self) -> list[Permission]:
        """Return the permissions in the order of their list, for reading."""
        return [permission for permission in Permission if permission in self.permissions]


ON_OUTREACH = timedelta(hours=12)

REFERRING = (Permission.CHECK_SERVICES, Permission.MAKE_REFERRALS)
CARING = (Permission.RECORD_CARE, Permission.LOOK_UP_PARTICIPANTS)

ROLES: dict[Role, RoleDescription] = {
    Role.VOLUNTEER: RoleDescription(
        name=message("Volunteer"),
        summary=message("Hands out supplies. Sees no participants and no stock."),
        permissions=frozenset({Permission.LOG_DISTRIBUTIONS}),
        idle=ON_OUTREACH,
    ),
    Role.OUTREACH_WORKER: RoleDescription(
        name=message("Outreach worker"),
        summary=message("Hands out supplies and looks after the stock of their sites."),
        permissions=frozenset({Permission.LOG_DISTRIBUTIONS, Permission.HANDLE_STOCK, *REFERRING, *CARING}),
        idle=ON_OUTREACH,
    ),
    Role.CLINICIAN: RoleDescription(
        name=message("Clinician"),
        summary=message("Sits beside participants at their sites, and hands out supplies there."),
        permissions=frozenset(
            {
                Permission.LOG_DISTRIBUTIONS,
                Permission.HANDLE_STOCK,
                *REFERRING,
                *CARING,
                Permission.HOLD_CONVERSATIONS,
                Permission.USE_INSTRUMENTS,
                Permission.LIST_PARTICIPANTS,
            }
        ),
    ),
    Role.PROGRAMME_LEAD: RoleDescription(
        name=message("Programme lead"),
        summary=message("Answers for supplies, coverage and reports at all sites."),
        permissions=frozenset(
            {
                Permission.LOG_DISTRIBUTIONS,
                Permission.VOID_ANY_DISTRIBUTION,
                Permission.HANDLE_STOCK,
                Permission.MANAGE_CATALOGUE,
                Permission.MANAGE_DIRECTORY,
                *REFERRING,
                *CARING,
                Permission.LIST_PARTICIPANTS,
                Permission.REVIEW_REVERSALS,
                Permission.SHAPE_QUESTIONS,
                Permission.LOOK_AFTER_PHONES,
                Permission.REVIEW_FIELD_RECORDS,
                Permission.VIEW_REPORTS,
                Permission.EXPORT_DATA,
                Permission.IMPORT_HISTORY,
                Permission.READ_AUDIT,
            }
        ),
        sees_all_sites=True,
    ),
    Role.ADMINISTRATOR: RoleDescription(
        name=message("Administrator"),
        summary=message("Runs the system. Sees no participants and no hand-outs."),
        permissions=frozenset(
            {
                Permission.LOOK_AFTER_PHONES,
                Permission.READ_AUDIT,
                Permission.MANAGE_ACCOUNTS,
                Permission.MANAGE_SITES,
                Permission.MANAGE_SETTINGS,
            }
        ),
    ),
}

ABSOLUTE_LIMIT = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # a session's last use is written down at most this often
INVITATION_LASTS = timedelta(hours=48)
TRIES = 5
TRIES_WINDOW = timedelta(minutes=1)
NAME_LENGTH = 40
NAME_SIGNS = "._-"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """The person who is signed in, as every action sees them.

    session_id is None where somebody acts without a browser, like in the demonstration.
    confirmed_at: when they last proved that it is really them.
    """

    account_id: int
    public_id: str
    label: str
    role: Role
    own_site_ids: frozenset[int]
    session_id: int | None
    confirmed_at: datetime

    def may(self, permission: Permission) -> bool:
        """Say whether their role includes it."""
        return permission in ROLES[self.role].permissions

    def works_at(self, site_id: int | None) -> bool:
        """Say whether they work for the site."""
        return ROLES[self.role].sees_all_sites or site_id in self.own_site_ids


class SignInNameTaken(DomainError):
    """Another member of the team signs in with this name."""


class UnusableSignInName(DomainError):
    """A sign-in name that could not be typed alike everywhere."""


class WrongPassphrase(DomainError):
    """The passphrase does not fit the sign-in name."""


class TooManyTries(DomainError):
    """A sign-in name was tried too often; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        super().__init__(
            counted_message(
                "Too many tries with this name. Wait %(count)s second, then try again.",
                "Too many tries with this name. Wait %(count)s seconds, then try again.",
                seconds,
            )
        )
        self.seconds = seconds


class LinkEnded(DomainError):
    """A sign-in link that was used, replaced, or is too old."""


class LastAdministrator(DomainError):
    """Without this person nobody could look after the team."""


def session_has_ended(role: Role, *, created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Say whether a session rested for too long, or is too old however much it was used."""
    return now - seen_at >= ROLES[role].idle or now - created_at >= ABSOLUTE_LIMIT


def seconds_to_wait(tries: int, window_started_at: datetime, now: datetime) -> int:
    """Return how long a sign-in name has to wait before its next try; 0 when it may try now."""
    left = window_started_at + TRIES_WINDOW - now
    return ceil(left.total_seconds()) if tries >= TRIES and left > timedelta() else 0


def normalised_sign_in_name(text: str) -> str:
    """Return a sign-in name as it is stored and compared, however it was typed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def check_sign_in_name(name: str) -> None:
    """Raise UnusableSignInName unless it is 2 to 40 letters, digits, dots, dashes or underscores."""
    if 2 <= len(name) <= NAME_LENGTH and all(sign.isalnum() or sign in NAME_SIGNS for sign in name):
        return
    raise UnusableSignInName(
        message("Use 2 to 40 letters or digits without spaces, like a nickname. Dots and dashes are fine.")
    )
