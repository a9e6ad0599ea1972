"""What this system can reveal: the page is compared with the schema, the rows and the roles."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from harmreduction.accounts.rules import ROLES, Role
from harmreduction.config import Config
from harmreduction.core.classification import Sensitivity
from harmreduction.core.clock import now
from harmreduction.core.db import Base, db
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter
from harmreduction.home import holdings, reveal
from harmreduction.home.facts import ABOUT_SERVICES, FACTS, NOWHERE
from harmreduction.settings.actions import set_values
from tests.architecture import test_columns
from tests.factories import SYSTEM, days_from_now, hand_out, make_location, make_site
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]
ADDRESS = "/privacy/reveal"
SAFE = reveal.Situation(
    is_encrypted=True,
    is_on_server_database=False,
    are_keys_beside=False,
    uses_recipe_codes=True,
    lookups_per_hour=30,
    keep_months=12,
)


def loss(key: str, situation: reveal.Situation = SAFE) -> reveal.Loss:
    """Return what one kind of loss gives away."""
    return next(found for found in reveal.losses(situation) if found.key == key)


def test_every_sensitive_or_secret_column_belongs_to_one_fact_and_no_fact_names_another() -> None:
    named = [column for fact in FACTS.values() for column in fact.columns]
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    about_people = {str(c) for c in columns if c.info["class"] in {Sensitivity.SENSITIVE, Sensitivity.SECRET}}
    assert set(named) == about_people, "say in home/facts.py to which fact a new column belongs"
    assert len(named) == len(set(named))
    assert holdings.columns_without_a_fact(Base.metadata) == set()
    assert {name for found in reveal.losses(SAFE) for name in found.facts} == set(FACTS)
    assert reveal.columns_of(FACTS) == about_people


def test_every_permission_says_what_it_lets_somebody_learn() -> None:
    assert set(reveal.LEARNED) == set(Permission)
    assert {name for facts in reveal.LEARNED.values() for name in facts} <= set(FACTS)
    learned = {role: set(reveal.facts_of(ROLES[role])) for role in Role}
    assert learned[Role.ADMINISTRATOR] == set()
    assert not learned[Role.VOLUNTEER] & {"joined", "told", "talks", "referrals", "overdoses"}
    assert learned[Role.OUTREACH_WORKER] <= learned[Role.CLINICIAN]
    of_clinicians_alone = learned[Role.CLINICIAN] - learned[Role.PROGRAMME_LEAD]
    assert of_clinicians_alone == {"conversations", "own_words", "instruments"}


def test_what_is_nowhere_is_what_no_column_may_be_called() -> None:
    words = frozenset().union(*(entry.column_words for entry in NOWHERE))
    assert words == test_columns.NAMES_A_PERSON
    assert ABOUT_SERVICES == test_columns.ABOUT_SERVICES
    assert holdings.columns_that_could_name(Base.metadata) == set()


def test_an_encrypted_file_gives_nothing_away_while_its_keys_are_elsewhere() -> None:
    assert loss("off").facts == loss("copy").facts == loss("keys").facts == ()
    assert loss("off", replace(SAFE, are_keys_beside=True)).facts == tuple(FACTS)
    assert loss("off", replace(SAFE, is_encrypted=False)).facts == tuple(FACTS)
    on_server = replace(SAFE, is_encrypted=False, is_on_server_database=True)
    assert loss("off", on_server).facts == tuple(FACTS)
    assert set(FACTS) - set(loss("copy", on_server).facts) == {"notes", "own_words", "unsent"}
    assert loss("guess", replace(SAFE, uses_recipe_codes=False)).facts == ()


def test_keys_on_the_same_disk_are_told_apart_from_keys_elsewhere(tmp_path: Path) -> None:
    config = Config(instance=tmp_path / "programme", keys=tmp_path / "keys")
    assert config.are_keys_beside, "what cannot be told is told as the worse"
    config.instance.mkdir()
    config.keys.mkdir()
    assert config.are_keys_beside
    memory = Path("/dev/shm")  # noqa: S108  # another disk, where a machine has it
    if memory.is_dir() and memory.stat().st_dev != tmp_path.stat().st_dev:
        assert not replace(config, keys=memory).are_keys_beside


@pytest.mark.parametrize("role", [Role.PROGRAMME_LEAD, Role.ADMINISTRATOR])
def test_the_page_counts_what_is_there_for_those_who_read_the_trail(sign_in_as: SignIn, role: Role) -> None:
    shelf = make_location(make_site())
    for _ in range(3):
        hand_out(shelf, ("naloxone-nasal-4", 1))
    hand_out(shelf, ("naloxone-nasal-4", 1), day=days_from_now(-20))
    page = sign_in_as(role).page(ADDRESS)
    for name, fact in FACTS.items():
        assert str(fact.words) in text_of(page).replace("&#39;", "'")
        for entry in holdings.list_holdings(Base.metadata, name, counts=True):
            assert entry.rows == db.session.scalar(select(func.count()).select_from(Base.metadata.tables[entry.table]))
            assert f'<th scope="row">{entry.table}</th><td>{", ".join(entry.columns)}</td>' in page
    [visits] = [e for e in holdings.list_holdings(Base.metadata, "visits", counts=True) if e.table == "encounter"]
    assert (visits.rows, visits.oldest) == (4, db.session.scalars(select(func.min(Encounter.occurred_at))).one().date())
    assert visits.oldest < now().date()


def test_anybody_may_read_it_and_sees_no_numbers_move(client: PageClient, sign_in_as: SignIn) -> None:
    set_values({"keep_months": "7"}, by=SYSTEM)
    before = client.page(ADDRESS)
    words = text_of(before)
    assert "After 7 months codes and notes are erased, and of a visit only its day is left." in words
    assert "Checked just now against every column about people" in words
    shelf = make_location(make_site())
    hand_out(shelf, ("naloxone-nasal-4", 1))
    assert client.page(ADDRESS) == before
    assert "Rows now" not in text_of(sign_in_as(Role.OUTREACH_WORKER).page(ADDRESS))
    assert f'href="{ADDRESS}"' in client.page("/privacy")
    for permission_words in reveal.NOT_PROMISED:
        assert str(permission_words) in words
