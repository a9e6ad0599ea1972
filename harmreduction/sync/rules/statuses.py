"""What becomes of a record from a phone, what the phone is told, and why a lead has to look. Plain Python."""

from enum import StrEnum

from harmreduction.core.messages import Message, message


class Status(StrEnum):
    """Where a record stands.

    RECEIVED: on disk, and nothing made of it yet. UNDONE: taken back on the phone before it was sent, or a report that
    was cut loose, which has to look like that. SET_ASIDE: a lead decided that it is not to be applied; it stays so,
    however often it is sent.
    """

    RECEIVED = "received"
    APPLIED = "applied"
    UNDONE = "undone"
    REVIEW = "review"
    SET_ASIDE = "set_aside"


class Answer(StrEnum):
    """What a phone is told of a record; after each of these it may let go of it."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REVIEW = "review"
    GONE = "gone"


ANSWERS_SENT_AGAIN: dict[Status, Answer] = {
    Status.RECEIVED: Answer.DUPLICATE,
    Status.APPLIED: Answer.DUPLICATE,
    Status.UNDONE: Answer.DUPLICATE,
    Status.REVIEW: Answer.REVIEW,
    Status.SET_ASIDE: Answer.GONE,
}


class Reason(StrEnum):
    """Why a record waits for a lead."""

    UNREADABLE = "unreadable"
    UNKNOWN_DEVICE = "unknown_device"
    REVOKED_DEVICE = "revoked_device"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"
    CHANGED = "changed"
    BAD_CONTENT = "bad_content"
    UNKNOWN_KIND = "unknown_kind"
    NEWER_VERSION = "newer_version"
    UNKNOWN_AUTHOR = "unknown_author"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    OTHER_CONTENT = "other_content"
    NO_TARGET = "no_target"
    CANNOT_BE = "cannot_be"


REASONS: dict[Reason, Message] = {
    Reason.UNREADABLE: message("It is not a record as our phones write them."),
    Reason.UNKNOWN_DEVICE: message("It comes from a phone that was never set up here."),
    Reason.REVOKED_DEVICE: message("It comes from a phone whose access was ended."),
    Reason.BAD_SIGNATURE: message("It does not carry the signature of its phone, so somebody else may have made it."),
    Reason.UNKNOWN_KEY: message("It was closed for a key that is not here. Put the old key back, then try again."),
    Reason.CHANGED: message("It was changed on the way, or belongs to another record."),
    Reason.BAD_CONTENT: message("Something in it cannot be understood."),
    Reason.UNKNOWN_KIND: message("It tells of something that this version of the app does not know."),
    Reason.NEWER_VERSION: message("A newer version of the app wrote it. Update the app, then try again."),
    Reason.UNKNOWN_AUTHOR: message("It says that it was written by somebody who was never signed in on that phone."),
    Reason.NOT_ALLOWED: message("The role of who wrote it does not include this."),
    Reason.NOT_FOUND: message("It names something that is not here, or where its author does not work."),
    Reason.OTHER_CONTENT: message("Something else was saved under the same number before."),
    Reason.NO_TARGET: message("It takes back a record that never came."),
    Reason.CANNOT_BE: message("It could not be saved as it stands."),
}

# Nobody knows who wrote these, so they are never applied, not even by a lead.
NOT_OURS = frozenset({Reason.UNREADABLE, Reason.BAD_SIGNATURE, Reason.CHANGED})
