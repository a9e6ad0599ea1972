"""A conversation that runs and one that was kept, as addresses name them; words in them are made up."""

from dataclasses import replace

from harmreduction.assessments import drafts
from harmreduction.assessments.actions.keeping import keep
from harmreduction.assessments.actions.reflections import keep_reflection
from harmreduction.assessments.queries.kept import get_kept
from harmreduction.assessments.rules.reflections import Reflection
from harmreduction.assessments.rules.talks import Draft, Loop, LoopKind
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now, today
from harmreduction.core.db import new_id
from harmreduction.sites.models import Site
from tests.assessments.talks import a_draft, choose, forget_all, say
from tests.factories import SYSTEM

RATED = {"importance": 8, "confidence": 4}
Begun = list[tuple[Draft, Actor]]


def talk_things(site: Site, *, by: Actor, begun: Begun | None = None) -> dict[str, str]:
    """Begin a conversation that runs and keep another, and return how addresses name them.

    begun: where the one that runs is noted, to be laid out again after a test changed it.
    """
    draft = drafts.begin_draft(a_talk(site, by=by), by=by)
    if begun is not None:
        begun.append((draft, by))
    follow_up = Loop(loop_id=new_id(), kind=LoopKind.FOLLOW_UP, words="Ask how the week went.")
    first = replace(a_talk(site, by=by), loops=(follow_up,))
    noted = Reflection(client_id=new_id(), answers={"talked_most": "both"})
    keep_reflection(noted, site_id=site.id, by=by, today=today(site.time_zone))
    kept = get_kept(SYSTEM, keep(first, by=SYSTEM, at=now()).conversation_id)
    return {
        "draft_id": draft.draft_id,
        "line_id": draft.steps[-1].step_id,
        "begun_id": new_id(),
        "reflection_id": noted.client_id,
        "card_code": "alone",
        "step_code": "someone_checks",
        "conversation_id": kept.conversation.public_id,
        "version_id": kept.latest.public_id,
        "loop_id": follow_up.loop_id,
    }


def lay_out_again(begun: Begun) -> None:
    """Let the conversations that run be as they were begun, and no others; they lie in no database."""
    forget_all()
    for draft, by in begun:
        drafts.begin_draft(draft, by=by)


def a_talk(site: Site, *, by: Actor) -> Draft:
    """Return a conversation with answers of each kind, both voices and a plan."""
    draft = say(a_draft(site, by=by), "strengths", "tests_first", words="I always test a little first.")
    draft = say(draft, "alone", "most", words="I wait till my roommate goes to work.", staff="A kit for the roommate?")
    draft = say(say(draft, "meds"), "mine", words="My sister’s wedding.")
    return choose(draft, "someone_checks", "naloxone_near", "call_911", **RATED)
