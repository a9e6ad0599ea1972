"""What a page keeps of a code between two taps: digests, sealed for whoever looked it up, and never the code."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from harmreduction.core.actor import Actor
from harmreduction.core.db import new_id
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.core.sealing import CannotUnseal, seal, unseal
from harmreduction.participants.queries.codes import Found, Outcome
from harmreduction.participants.rules.codes import CodeKind, KeyedCode

LASTS = timedelta(minutes=30)


class PageTooOld(DomainError):
    """A page that was opened long ago, or by somebody else."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A code that was looked up and waits for an answer: its digests, where, and who may be meant (public ids).

    client_id becomes the public id of somebody new, so that two taps begin one. visit_id: the visit that it is for, or
    empty. fits_earlier_recipe: the answers are right, and only the recipe is one of before.
    """

    keyed: KeyedCode
    site_id: str
    candidate_ids: tuple[str, ...]
    client_id: str
    visit_id: str = ""
    fits_earlier_recipe: bool = False

    @classmethod
    def of(cls, found: Found, *, site_id: str, visit_id: str = "") -> Self:
        """Return what a page keeps of a look-up at a site (public ids)."""
        return cls(
            keyed=KeyedCode(
                kind=found.keyed.kind, recipe_version=found.keyed.recipe_version, lettered=found.keyed.lettered
            ),
            site_id=site_id,
            candidate_ids=tuple(each.participant.public_id for each in found.candidates),
            client_id=new_id(),
            visit_id=visit_id,
            fits_earlier_recipe=found.outcome is Outcome.EARLIER_RECIPE,
        )

    def packed(self, *, by: Actor, at: datetime) -> str:
        """Return it as the value of one hidden field, which nobody can read in the page."""
        keyed = [self.keyed.kind, self.keyed.recipe_version, self.keyed.lettered]
        rest = [self.site_id, self.candidate_ids, self.client_id, self.visit_id, self.fits_earlier_recipe]
        text = json.dumps([at.isoformat(), keyed, rest], separators=(",", ":"))
        return base64.b64encode(seal(text, table="page", column="code", row=str(by.account_id))).decode()

    @classmethod
    def unpacked(cls, text: str | None, *, by: Actor, at: datetime) -> Self:
        """Return what a hidden field holds; raises PageTooOld unless we packed it for this person a moment ago."""
        try:
            opened = unseal(base64.b64decode(text or ""), table="page", column="code", row=str(by.account_id))
            packed_at, (kind, version, lettered), (site_id, candidate_ids, *rest) = json.loads(opened)
            if at - datetime.fromisoformat(packed_at) > LASTS:
                raise CannotUnseal("page")
        except (ValueError, CannotUnseal) as problem:
            raise PageTooOld(message("This page is too old. Look the code up again.")) from problem
        return cls(
            keyed=KeyedCode(kind=CodeKind(kind), recipe_version=version, lettered=tuple(map(tuple, lettered))),
            site_id=site_id,
            candidate_ids=tuple(candidate_ids),
            client_id=rest[0],
            visit_id=rest[1],
            fits_earlier_recipe=rest[2],
        )
