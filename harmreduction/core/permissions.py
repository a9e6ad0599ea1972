"""What a person may do, each in one sentence that its help page prints."""

from enum import Enum

from harmreduction.core.messages import message


class Permission(Enum):
    """One thing that a role allows; which role allows what stands in `accounts/rules.py`."""

    LOG_DISTRIBUTIONS = message("Log hand-outs, undo their own, and see their own shift.")
    VOID_ANY_DISTRIBUTION = message("Void a hand-out that somebody else logged.")
    HANDLE_STOCK = message("See stock, receive supplies and move them between places.")
    MANAGE_CATALOGUE = message("Edit items and stock places, and look into what does not fit.")
    CHECK_SERVICES = message("Say that what the directory tells of a service is still true.")
    MANAGE_DIRECTORY = message("Edit and import services and hotlines, and decide on suggested changes.")
    MAKE_REFERRALS = message("Make referrals, follow them up, and see those of their own sites.")
    RECORD_CARE = message("Record refills, reversal reports, services and tests on a visit.")
    LOOK_UP_PARTICIPANTS = message("Look up a participant by their exact code, and see what happened at own sites.")
    HOLD_CONVERSATIONS = message(
        "Go through the conversation about overdose with a participant, and see the plans kept at own sites."
    )
    USE_INSTRUMENTS = message("Use clinical instruments with somebody who wants it, and see their results.")
    LIST_PARTICIPANTS = message("List the participants of their own sites.")
    REVIEW_REVERSALS = message("Look through public reversal reports, and say which tell of the same overdose.")
    SHAPE_QUESTIONS = message("Choose what participants may be asked, and edit the programme's own lists.")
    LOOK_AFTER_PHONES = message("See the team's phones and what they still hold, and end the access of a lost one.")
    REVIEW_FIELD_RECORDS = message("Put right what phones sent and what could not be saved by itself.")
    VIEW_REPORTS = message("See the programme's day, totals and reports.")
    EXPORT_DATA = message("Download reports, after showing again that it is really them.")
    IMPORT_HISTORY = message("Bring in totals of the years before.")
    READ_AUDIT = message("Read who did what and when.")
    MANAGE_ACCOUNTS = message("Invite people, give them a role and sites, and end their access.")
    MANAGE_SITES = message("Open, rename and close sites.")
    MANAGE_SETTINGS = message("Change what the programme decides for itself.")
