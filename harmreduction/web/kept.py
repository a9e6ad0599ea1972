"""What a person sent when they had to prove first who they are: kept in the page, never on the server.

A form that meets an ended session comes back inside the page that asks to sign in, and after it as one
button that sends it again. So nothing typed is lost, and nothing is stored for somebody who is not known.

Who signs in next may be somebody else. So what was typed travels sealed, and opens for the person who typed it only.
Where the browser no longer tells who that was, nothing but numbers and ids comes along.
"""

import base64
import json
import re
from dataclasses import dataclass
from typing import Self

from flask import render_template, request, session

from harmreduction.core.keyed import keyed_digest
from harmreduction.core.sealing import CannotUnseal, seal, unseal
from harmreduction.web.access import SAFE_METHODS
from harmreduction.web.same_site import FIRST_PAGE, same_site_path

MOST_SIGNS = 100_000
NEVER_KEPT = re.compile(r".*(csrf_token|passphrase).*|code_.*")  # the last: what a participant's code is typed into
TELLS_NOTHING = re.compile(r"\d{0,6}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
TYPIST = "typist"
PLACE = {"table": "page", "column": "kept", "row": ""}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The path that a form was sent to, its fields in order, and by whom; files are not among them.

    typist: a keyed digest of the account's public id, or "" where nobody knows.
    """

    path: str
    fields: tuple[tuple[str, str], ...]
    typist: str = ""

    def packed(self) -> str:
        """Return it as the value of one hidden field, which nobody can read in the page."""
        text = json.dumps([self.path, self.fields, self.typist], separators=(",", ":"), ensure_ascii=False)
        return base64.b64encode(seal(text, **PLACE)).decode()

    def is_for(self, public_id: str) -> bool:
        """Say whether an account may see it: the one that typed it, or any if it tells nothing."""
        return self.typist in ("", _mark_of(public_id))

    @classmethod
    def unpacked(cls, text: str | None) -> Self | None:
        """Return what a hidden field holds, if it is what we packed."""
        try:
            path, fields, typist = json.loads(unseal(base64.b64decode(text or ""), **PLACE))
        except (ValueError, CannotUnseal):
            return None
        kept = cls(path=same_site_path(path), fields=tuple((name, value) for name, value in fields), typist=typist)
        return None if kept.path == FIRST_PAGE else kept


def remember_typist(public_id: str) -> None:
    """Let the browser's form cookie tell who uses it, also after the session has ended; signing out forgets it."""
    mark = _mark_of(public_id)
    if session.get(TYPIST) != mark:
        session[TYPIST] = mark


def sent_too_late() -> Kept | None:
    """Return the form that this request brought, unless it brought none or one too long to carry along."""
    if request.method in SAFE_METHODS:
        return None
    typist = session.get(TYPIST, "")
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if not NEVER_KEPT.fullmatch(name) and (typist or TELLS_NOTHING.fullmatch(value))
    )
    kept = Kept(path=request.full_path.rstrip("?"), fields=fields, typist=typist)
    return kept if len(kept.packed()) <= MOST_SIGNS else None


def offer_to_send_again(kept: Kept) -> str:
    """Show one button that sends a kept form with a new token."""
    return render_template("accounts/send_again.html", kept=kept)


def _mark_of(public_id: str) -> str:
    """Return what stands for an account in a page and in a cookie."""
    return keyed_digest("typist", public_id)
