"""What comes up in conversations, by quarter: told once, never so small that it points to somebody."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.assessments.actions.keeping import keep
from harmreduction.assessments.actions.reflections import keep_reflection
from harmreduction.assessments.card_sets import release_set
from harmreduction.assessments.erasing import TALK, erase_conversations
from harmreduction.assessments.queries.figures import count_talks
from harmreduction.assessments.rules.reflections import Reflection, shown_answers
from harmreduction.core.clock import now, today
from harmreduction.core.db import new_id, transaction
from harmreduction.disclosure.models import ReleasedFigure
from harmreduction.reports.conversations import figures_to_tell
from harmreduction.reports.report_back import Quarter
from tests.assessments.stories import a_talk_kept
from tests.assessments.talks import a_draft, choose, say
from tests.factories import SYSTEM, TIME_ZONE, make_actor, make_site
from tests.pages import PageClient, text_of
from tests.retention.stories import rows_of

SignIn = Callable[..., PageClient]
PAGE = "/conversations/figures"
LAST = Quarter.of(today(TIME_ZONE)).before.before  # it has settled, whatever today is
DAY = LAST.period.start + timedelta(days=3)


def test_each_conversation_counts_once_a_quarter_as_it_was_said_last(database) -> None:
    site = make_site()
    talk = a_talk_kept(site, on=DAY, chosen={"alone": ("most",), "strengths": ("tests_first",)})
    a_talk_kept(site, of=talk, on=DAY + timedelta(days=30), chosen={"alone": ("hardly",)}, steps=("strips", None, None))
    a_talk_kept(site, of=talk, on=LAST.period.end, chosen={"mix": ("alcohol", "benzos", "one_only")}, steps=())
    period, later = LAST.period, Quarter.of(LAST.period.end).period
    assert count_talks(period.start, period.end) == {"kept": 1, "s:strips": 1, "own": 1}
    assert count_talks(later.start, later.end) == {"kept": 1, "c:mix:alcohol": 1, "c:mix:benzos": 1}


def test_what_somebody_does_already_is_no_step_that_was_chosen(database) -> None:
    draft = choose(say(a_draft(make_site()), "strengths", "new_equipment", words="I look out"), "strips")
    keep(draft, by=SYSTEM, at=now())
    period = Quarter.of(today(TIME_ZONE)).period
    assert count_talks(period.start, period.end) == {"kept": 1, "s:strips": 1}


def test_a_quarter_is_told_once_and_stays_whatever_is_erased_later(database, sign_in_as: SignIn) -> None:
    site, lead = make_site(), sign_in_as("programme_lead")
    talks = [a_talk_kept(site, on=DAY, steps=("strips",), chosen={"alone": ("most",)}) for _ in range(11)]
    talks += [a_talk_kept(site, on=DAY, steps=("strips",), chosen={"mood": ("today",)}) for _ in range(10)]
    page = lead.page(PAGE)
    assert "Show these numbers" in page and "No number is shown yet." in page
    answer = lead.post(f"{PAGE}/{LAST.code}/tell")
    assert answer.status_code == 302
    page = text_of(lead.page(PAGE))
    assert "21 conversations were kept." in page and "No number is shown yet." not in page
    assert release_set().card("alone").options[0].text["en"] in page
    told = dict(rows_of(ReleasedFigure, "figure", "value"))
    assert told == {"kept": 21, "c:alone:most": 11, "c:mood:today": None, "r": 0}, "no step: all of them chose it"
    assert release_set().card("mood").option("today").text["en"] not in page

    with transaction():
        erase_conversations(TALK.c.id == talks[0].id)
    lead.post(f"{PAGE}/{LAST.code}/tell")
    assert text_of(lead.page(PAGE)) == page
    table = lead.get(f"{PAGE}.csv")
    assert table.status_code == 200 and "21" in table.text and "mood" not in table.text
    lead.post(f"{PAGE}/{Quarter.of(today(TIME_ZONE)).code}/tell")
    assert set(rows_of(ReleasedFigure, "period")) == {(LAST.code,)}, "a quarter that runs is not told"


def test_how_the_team_sees_it_is_told_without_a_name_or_not_at_all(database, sign_in_as: SignIn) -> None:
    site, lead = make_site(), sign_in_as("programme_lead")
    actor = make_actor("clinician", sites=(site.id,))
    for number in range(22):
        answers = {"talked_most": "both" if number < 11 else "staff", "offered_choices": "yes" if number else "no"}
        said = Reflection(client_id=new_id(), answers=answers)
        keep_reflection(said, site_id=site.id, by=actor, today=DAY)
    told = figures_to_tell(LAST, smallest=11)
    about = {figure: value for figure, value in told.items() if figure.startswith("r:")}
    assert about["r:talked_most:both"] == about["r:talked_most:staff"] == 11
    assert not any(figure.startswith("r:offered_choices") for figure in about), "one alone said no"
    assert actor.label not in lead.page(PAGE)
    assert all(len(figure) <= 30 for figure in told)


def test_figures_have_room_in_their_column() -> None:
    cards = release_set()
    figures = [f"c:{card.code}:{option.code}" for card in cards.cards for option in card.options]
    assert max(map(len, [*figures, *(f"s:{code}" for code in cards.steps)])) <= ReleasedFigure.figure.type.length


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 40)), st.integers(5, 20))
def test_answers_are_shown_all_together_or_not_at_all(counts: dict[str, int], smallest: int) -> None:
    shown = shown_answers(counts, smallest=smallest)
    assert shown in (counts, {})
    assert all(count == 0 or count >= smallest for count in shown.values())
