"""What stands around every page: the programme's name, where a person may go, and who they are."""

from dataclasses import dataclass

from flask import Flask, g, request, url_for
from flask_babel import gettext

from harmreduction.assessments.drafts import list_drafts
from harmreduction.core.actor import Actor
from harmreduction.core.encrypted_sqlite import is_encrypting
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import ProgrammeSettings
from harmreduction.web.access import actor_or_none


@dataclass(frozen=True, kw_only=True)
class NavigationEntry:
    """A place to go: `key` is what a page sets as `current`; in_dock: also at the foot of a phone."""

    key: str
    url: str
    icon: str
    label: str
    in_dock: bool = True


def provide_frame(app: Flask) -> None:
    """Give every template what the frame shows; an error page is drawn without the database."""

    @app.context_processor
    def frame() -> dict[str, object]:
        actor = actor_or_none()
        decided = ProgrammeSettings() if g.get("rendering_error") else current_settings()
        return {
            "programme_name": decided.programme_name,
            "is_demonstration": decided.is_demonstration,
            "is_encrypted": app.config["HR"].database_url is None and is_encrypting(),
            "actor": actor,
            "may": lambda name: actor is not None and actor.may(Permission[name]),
            "navigation": [] if g.get("rendering_error") else navigation(actor),
            "open_talk_url": lambda: "" if g.get("rendering_error") else open_talk_url(actor),
            "account_url": url_for("my_account.show") if actor else None,
            "language_url": lambda code: url_for("language.choose", code=code, back=request.full_path.rstrip("?")),
            "finder_url": url_for("finder.search") if actor or decided.is_directory_public else None,
            "privacy_url": url_for("help.privacy"),
            "help_url": url_for("help.roles") if actor else None,
        }


def navigation(actor: Actor | None) -> list[NavigationEntry]:
    """Return where this person may go, most used first."""
    if actor is None:
        return []
    entries = (
        (Permission.VIEW_REPORTS, "today", "home.today", "calendar", gettext("Today")),
        (Permission.LOG_DISTRIBUTIONS, "log", "encounters.hand_out", "kit", gettext("Hand out")),
        (Permission.LOG_DISTRIBUTIONS, "shift", "encounters.shift", "clock", gettext("My shift")),
        (Permission.HOLD_CONVERSATIONS, "talk", "conversations.start", "plan", gettext("Talk")),
        (Permission.LOOK_UP_PARTICIPANTS, "codes", "codes.look_up", "people", gettext("Participants")),
        (None, "find", "finder.search", "search", gettext("Find")),
        (Permission.LOG_DISTRIBUTIONS, "queue", "queue.show", "wait", gettext("Queue")),
        (Permission.MAKE_REFERRALS, "referrals", "referrals.to_call", "plan", gettext("Referrals")),
        (Permission.LOG_DISTRIBUTIONS, "community", "community.index", "bag", gettext("Groups")),
        (Permission.HANDLE_STOCK, "stock", "stock.places", "box", gettext("Stock")),
        (Permission.VIEW_REPORTS, "reports", "reports.totals", "chart", gettext("Reports")),
        (Permission.LOOK_AFTER_PHONES, "phones", "phones.list_all", "phone", gettext("Phones")),
        (Permission.MANAGE_ACCOUNTS, "team", "team.people", "people", gettext("Team")),
        (Permission.MANAGE_SITES, "sites", "sites.list_all", "pin", gettext("Sites")),
        (Permission.MANAGE_SETTINGS, "settings", "settings.edit", "gear", gettext("Settings")),
        (Permission.READ_AUDIT, "audit", "audit.entries", "shield", gettext("Audit trail")),
    )
    return [
        NavigationEntry(key=key, url=url_for(endpoint), icon=icon, label=label, in_dock=key != "phones")
        for permission, key, endpoint, icon, label in entries
        if permission is None or actor.may(permission)
    ]


def open_talk_url(actor: Actor | None) -> str:
    """Return the way back to a conversation of this person that runs, or nothing; it says nothing of what was said."""
    if actor is None or not actor.may(Permission.HOLD_CONVERSATIONS):
        return ""
    drafts = list_drafts(actor)
    if len(drafts) == 1:
        return url_for("conversation.overview", draft_id=drafts[0].draft_id)
    return url_for("conversations.start") if drafts else ""
