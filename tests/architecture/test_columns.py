"""What is stored: every column says how sensitive it is and how long it stays, and none names a participant."""

import re

from sqlalchemy import Column, Table, UniqueConstraint

from harmreduction.core.append_only import tables_that_only_grow
from harmreduction.core.classification import Retention, Sensitivity
from harmreduction.core.db import Base

TABLES = Base.metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.columns]

# Words that a column may not be named with, whatever it would hold: who somebody is, and how to find them.
NAMES_A_PERSON = {
    *("first", "last", "middle", "maiden", "full", "given", "family", "surname", "nickname", "alias", "initials"),
    *("birth", "birthday", "birthdate", "born", "dob", "age"),
    *("phone", "mobile", "email", "mail", "address", "street", "zip", "postcode", "postal", "home"),
    *("ssn", "passport", "license", "licence", "insurance", "medicaid", "nationality", "immigration", "arrest"),
    *("photo", "picture", "face", "voice", "relative", "race", "ethnicity", "gender", "sex"),
    *("ip", "latitude", "longitude", "geo"),
}
# and so about nobody
ABOUT_SERVICES = {
    *("directory_source", "finder_entry", "geocoded_address", "hotline", "not_duplicate", "service_location"),
    "same_event",  # the one report and the other
}
ABOUT_VISITS = {"encounter", "distribution", "distribution_void", "supply_line"}


def where(column: Column) -> str:
    """Return a column as people write it."""
    return f"{column.table.name}.{column.name}"


def test_every_column_says_how_sensitive_it_is_and_how_long_it_stays() -> None:
    silent = [
        where(column)
        for column in COLUMNS
        if column.info.get("class") not in set(Sensitivity) or column.info.get("retention") not in set(Retention)
    ]
    assert silent == [], "needs info=classified(…)"


def test_no_column_can_name_or_find_a_person() -> None:
    about_people = [column for column in COLUMNS if column.table.name not in ABOUT_SERVICES]
    assert {where(column) for column in about_people if set(re.split(r"[_\d]+", column.name)) & NAMES_A_PERSON} == set()


def test_no_column_about_a_visit_holds_words_that_anybody_can_read() -> None:
    """Free text is sealed; what is left are ids, numbers, moments and words from a short list."""
    longest_word = 20
    readable = {
        where(column)
        for column in COLUMNS
        if column.table.name in ABOUT_VISITS
        and not column.name.endswith(("_id", "_sealed"))
        and getattr(column.type, "length", None) is not None
        and column.type.length > longest_word
    }
    assert readable == set()


def test_what_a_person_told_is_sensitive_and_does_not_stay_for_good() -> None:
    encounter = Base.metadata.tables["encounter"].columns
    told = [encounter[name].info for name in ("occurred_at", "audience", "number_of_others", "note_sealed")]
    assert {(info["class"], info["retention"]) for info in told} == {("sensitive", "rollup")}


def test_secrets_are_stored_as_digests_and_hashes_only() -> None:
    secret = {where(column) for column in COLUMNS if column.info["class"] == Sensitivity.SECRET}
    assert {name for name in secret if not name.endswith(("_digest", "_hash"))} == {"setting.value"}


def test_what_stays_with_the_ledger_is_nobodys_secret() -> None:
    forever = {Retention.PERMANENT, Retention.LEDGER}
    kept = {where(column) for column in COLUMNS if column.info["retention"] in forever}
    harmless = {where(c) for c in COLUMNS if c.info["class"] in {Sensitivity.PUBLIC, Sensitivity.OPERATIONAL}}
    assert kept <= harmless


def test_a_table_that_only_grows_holds_nothing_that_has_to_go() -> None:
    """What is rolled up or forgotten cannot stand in a table that refuses every change."""
    growing = set(tables_that_only_grow(Base.metadata))
    leaving = {
        where(column)
        for column in COLUMNS
        if column.table.name in growing and column.info["retention"] not in {Retention.PERMANENT, Retention.LEDGER}
    }
    assert leaving == set()


def test_every_address_is_random_and_unique() -> None:
    for table in TABLES:
        if "public_id" in table.columns:
            assert table.columns["public_id"].type.length == 36
            assert is_unique(table, "public_id"), table.name


def is_unique(table: Table, name: str) -> bool:
    """Say whether a constraint of its own keeps a column unique."""
    constraints = [found for found in table.constraints if isinstance(found, UniqueConstraint)]
    return any([column.name for column in constraint.columns] == [name] for constraint in constraints)


def test_every_moment_is_stored_in_utc_and_every_foreign_key_has_a_name() -> None:
    for column in COLUMNS:
        assert str(column.type) != "DATETIME" or type(column.type).__name__ == "UtcDateTime", where(column)
    for table in TABLES:
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
