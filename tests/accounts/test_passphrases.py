"""Which passphrases are good enough, and how they are kept."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.accounts.passphrases import (
    LONGEST,
    NOBODYS_HASH,
    WeakPassphrase,
    check_passphrase,
    fits,
    hash_passphrase,
    is_kept_the_old_way,
)
from tests.accounts.people import ANOTHER, PASSPHRASE


@pytest.mark.parametrize(
    "passphrase",
    [PASSPHRASE, ANOTHER, "rivière à cerises", "9fK-2vQz!m4Tb", "солнце над рекой", "o" + "x y z w " * 15],
)
def test_anything_long_that_nobody_tries_first_is_good_enough(passphrase: str) -> None:
    check_passphrase(passphrase, known=["Maya", "Riverside Outreach"])


@pytest.mark.parametrize(
    "passphrase",
    [
        "passwordpassword",
        "P@ssw0rd12345!",
        "correct horse battery staple",
        "qwertyuiop123",
        "123456789012",
        "abcdefghijklm",
        "aaaaaaaaaaaaaaaa",
        "121212121212",
        "naloxone naloxone",
        "Harm Reduction Tracker",
        "harmreduction2026",
        "Riverside Outreach 2026",
        "maya maya maya 1",
        "1qaz2wsx3edc",
    ],
)
def test_what_somebody_who_guesses_tries_first_is_refused(passphrase: str) -> None:
    with pytest.raises(WeakPassphrase, match="guesses"):
        check_passphrase(passphrase, known=["Maya", "Riverside Outreach"])


def test_a_short_passphrase_is_told_how_long() -> None:
    with pytest.raises(WeakPassphrase, match="at least 12"):
        check_passphrase("otter plum")


def test_a_passphrase_beyond_the_limit_is_refused_before_it_is_hashed() -> None:
    with pytest.raises(WeakPassphrase, match="at most 128"):
        check_passphrase("lantern " * 20)
    assert not fits("lantern " * 20, hash_passphrase(("lantern " * 20)[:LONGEST]))


@given(st.text(max_size=40))
def test_checking_any_text_either_passes_or_says_why(text: str) -> None:
    try:
        check_passphrase(text, known=[text[:5]])
    except WeakPassphrase as problem:
        assert str(problem).endswith((".", "!"))


def test_a_passphrase_fits_its_own_hash_only() -> None:
    kept = hash_passphrase(PASSPHRASE)
    assert PASSPHRASE not in kept
    assert fits(PASSPHRASE, kept)
    assert not fits(ANOTHER, kept)
    assert not fits(PASSPHRASE, None)
    assert not fits(PASSPHRASE, "no hash at all")


def test_accents_fit_however_a_keyboard_composed_them() -> None:
    assert fits("rivie\u0300re a\u0300 cerises", hash_passphrase("rivi\u00e8re \u00e0 cerises"))


def test_a_hash_is_argon2id_of_19_mebibytes_and_two_passes() -> None:
    parameters = extract_parameters(hash_passphrase(PASSPHRASE))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)


def test_an_unknown_name_costs_as_much_as_a_known_one() -> None:
    assert extract_parameters(NOBODYS_HASH) == extract_parameters(hash_passphrase(PASSPHRASE))


def test_a_hash_of_weaker_settings_is_noticed() -> None:
    assert is_kept_the_old_way(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSPHRASE))
    assert not is_kept_the_old_way(hash_passphrase(PASSPHRASE))
