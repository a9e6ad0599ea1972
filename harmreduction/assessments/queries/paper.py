"""Read what a paper needs: the plan of a conversation that runs or was kept, and the lines to call."""

from dataclasses import dataclass
from datetime import date, datetime

from harmreduction.assessments.models import Conversation
from harmreduction.assessments.queries.kept import KeptVersion, get_kept
from harmreduction.assessments.queries.loops import list_open_of, words_of
from harmreduction.assessments.rules.cards import layout_of
from harmreduction.assessments.rules.paper import Agreed, Call, PlanToPrint, plan_of_draft
from harmreduction.assessments.rules.talks import Draft, LoopKind
from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.directory.models import Hotline
from harmreduction.directory.queries.hotlines import list_hotlines
from harmreduction.directory.rules.hotlines import HotlineKind
from harmreduction.sites.models import Site

ORDER = (HotlineKind.NEVER_USE_ALONE, HotlineKind.CRISIS, HotlineKind.LOCAL)  # then all others


@dataclass(frozen=True, kw_only=True)
class KeptPaper:
    """The plan of one version that was kept, and the version."""

    conversation: Conversation
    version: KeptVersion
    plan: PlanToPrint


def list_calls() -> tuple[Call, ...]:
    """Return the lines that have a number: the first of each kind, then the others, so that few are different ones."""
    lines = sorted((line for line in list_hotlines() if line.phone or line.text_number), key=_rank)
    first = {line.kind: line for line in reversed(lines)}
    ordered = sorted(lines, key=lambda line: line is not first[line.kind])
    return tuple(
        Call(call_id=line.public_id, name=line.name, number=line.phone or line.text_number, is_text=not line.phone)
        for line in ordered
    )


def plan_to_print(draft: Draft, *, at: datetime) -> PlanToPrint:
    """Return the plan of a conversation that runs, made on this day where it is held."""
    return plan_of_draft(draft, made_on=_today(draft.site_id, at))


def get_kept_paper(actor: Actor, conversation_id: str, version_id: str | None, *, at: datetime) -> KeptPaper:
    """Return the plan of a version of a conversation that was kept, the latest by default; raises NotFound."""
    kept = get_kept(actor, conversation_id)
    version = kept.latest if version_id is None else kept.version(version_id)
    agreed = list_open_of(conversation_id) if version is kept.latest else ()
    plan = PlanToPrint(
        cards=version.cards,
        layout=layout_of(kept.situation_at(version)),
        steps=version.steps,
        made_on=version.held_on,
        goal=version.goal,
        review_on=version.review_on,
        agreed=tuple(
            Agreed(words=words_of(loop), on=loop.due_on) for loop in agreed if loop.kind == LoopKind.FOLLOW_UP
        ),
        plan_number=version.plan_number,
        printed_on=_today(kept.conversation.site_id, at),
    )
    return KeptPaper(conversation=kept.conversation, version=version, plan=plan)


def _today(site_id: int, at: datetime) -> date:
    """Return the day at a site."""
    return today(db.session.get_one(Site, site_id).time_zone, at)


def _rank(line: Hotline) -> int:
    """Return the place of a line by its kind; within a kind the programme's order stays."""
    return ORDER.index(HotlineKind(line.kind)) if line.kind in ORDER else len(ORDER)
