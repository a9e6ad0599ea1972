"""What a person sent when they had to prove first who they are: kept in the page, never on the server.

A form that meets an ended session comes back inside the page that asks to sign in, and after it as one
button that sends it again. So nothing typed is lost, and nothing is stored for somebody who is not known.
"""

import json
from dataclasses import dataclass
from typing import Self

from flask import render_template, request

from harmreduction.web.access import SAFE_METHODS
from harmreduction.web.same_site import FIRST_PAGE, same_site_path

MOST_SIGNS = 100_000
NEVER_KEPT = ("csrf_token", "passphrase")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The path that a form was sent to, and its fields in order; files are not among them."""

    path: str
    fields: tuple[tuple[str, str], ...]

    def packed(self) -> str:
        """Return it as the value of one hidden field."""
        return json.dumps([self.path, self.fields], separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def unpacked(cls, text: str | None) -> Self | None:
        """Return what a hidden field holds, if it is what we packed."""
        try:
            path, fields = json.loads(text or "")
            kept = cls(path=same_site_path(path), fields=tuple((str(name), str(value)) for name, value in fields))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return None
        return None if kept.path == FIRST_PAGE else kept


def sent_too_late() -> Kept | None:
    """Return the form that this request brought, unless it brought none or one too long to carry along."""
    if request.method in SAFE_METHODS:
        return None
    fields = tuple(
        (name, value) for name, value in request.form.items(multi=True) if not any(word in name for word in NEVER_KEPT)
    )
    kept = Kept(path=request.full_path.rstrip("?"), fields=fields)
    return kept if len(kept.packed()) <= MOST_SIGNS else None


def offer_to_send_again(kept: Kept) -> str:
    """Show one button that sends a kept form with a new token."""
    return render_template("accounts/send_again.html", kept=kept)
