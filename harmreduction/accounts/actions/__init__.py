"""What people do with accounts: sign in and out, look after their own sessions, look after the team."""

from harmreduction.accounts.actions.links import make_sign_in_link, use_link
from harmreduction.accounts.actions.passphrase import (
    acceptable_hash,
    change_passphrase,
    confirm,
    keep_passphrase,
)
from harmreduction.accounts.actions.sessions import (
    cut_off,
    end_other_sessions,
    end_own_session,
    end_session_of,
    end_sessions_of,
    mark_seen,
    sign_in,
    sign_out,
    start_session,
)
from harmreduction.accounts.actions.team import (
    change_member,
    create_account,
    end_access,
    invite,
    restore_access,
    send_new_link,
)
from harmreduction.accounts.actions.throttle import count_try, forget_tries

__all__ = [
    "acceptable_hash",
    "change_member",
    "change_passphrase",
    "confirm",
    "count_try",
    "create_account",
    "cut_off",
    "end_access",
    "end_other_sessions",
    "end_own_session",
    "end_session_of",
    "end_sessions_of",
    "forget_tries",
    "invite",
    "keep_passphrase",
    "make_sign_in_link",
    "mark_seen",
    "restore_access",
    "send_new_link",
    "sign_in",
    "sign_out",
    "start_session",
    "use_link",
]
