"""Sealed text opens only where it belongs, and only as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.sealing import CannotUnseal, key_for, seal, unseal, use_key

PLACE = {"table": "encounter", "column": "note", "row": "7"}
KEY, ANOTHER_KEY = "11" * 32, "33" * 32
NOTE = "asked for the smaller needles"


@pytest.fixture(autouse=True)
def key():
    use_key(KEY)
    yield
    use_key(KEY)


@given(text=st.text())
def test_what_was_sealed_is_read_again_and_cannot_be_read_without(text):
    sealed = seal(text, **PLACE)
    assert unseal(sealed, **PLACE) == text
    assert len(text) < 4 or text.encode() not in sealed


def test_the_same_text_never_looks_the_same():
    assert seal(NOTE, **PLACE) != seal(NOTE, **PLACE)


@pytest.mark.parametrize("change", [{"table": "account"}, {"column": "label"}, {"row": "8"}])
def test_moved_to_another_place_it_does_not_open(change):
    with pytest.raises(CannotUnseal, match=r"\w+\.\w+"):
        unseal(seal(NOTE, **PLACE), **PLACE | change)


@given(data=st.data())
def test_with_any_bit_changed_it_does_not_open(data):
    sealed = bytearray(seal(NOTE, **PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed), **PLACE)


@pytest.mark.parametrize("length", [0, 1, 2, 13, 14, 20])
def test_cut_short_it_does_not_open(length):
    with pytest.raises(CannotUnseal):
        unseal(seal(NOTE, **PLACE)[:length], **PLACE)


def test_another_key_does_not_open_it():
    sealed = seal(NOTE, **PLACE)
    use_key(ANOTHER_KEY)
    with pytest.raises(CannotUnseal) as refused:
        unseal(sealed, **PLACE)
    assert NOTE not in str(refused.value)


def test_each_purpose_beside_the_columns_has_a_key_of_its_own():
    keys = {key_for("one"), key_for("one"), key_for("another")}
    assert len(keys) == 2 and {len(key) for key in keys} == {32}
