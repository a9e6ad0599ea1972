"""What a source says anew and what the programme changed come together."""

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.directory.rules.merging import differences, three_way

VALUES = st.one_of(
    st.text(max_size=3),
    st.integers(0, 3),
    st.lists(st.fixed_dictionaries({"id": st.sampled_from("abc"), "n": st.integers(0, 2)}), max_size=3, unique_by=str),
)
DOCUMENTS = st.dictionaries(st.sampled_from(["name", "phones", "x"]), VALUES, max_size=3)


def without_empty(document):
    return {name: value for name, value in document.items() if value != []}


@given(DOCUMENTS, DOCUMENTS)
def test_what_only_one_side_changed_stays_changed(base, changed):
    assert three_way(base, base, changed) == without_empty(changed)
    assert three_way(base, changed, base) == without_empty(changed)


@given(DOCUMENTS, DOCUMENTS)
def test_what_both_changed_alike_is_that(base, changed):
    assert three_way(base, changed, changed) == without_empty(changed)


def test_the_source_wins_where_both_changed_one_field_and_phones_count_one_by_one():
    base = {"name": "A", "phones": [{"id": "1", "number": "1"}, {"id": "2", "number": "2"}]}
    mine = {"name": "B", "alert": "Ring twice", "phones": [{"id": "1", "number": "9"}, {"id": "2", "number": "2"}]}
    theirs = {"name": "C", "phones": [{"id": "1", "number": "1"}, {"id": "3", "number": "3"}]}
    assert three_way(base, mine, theirs) == {
        "name": "C",
        "alert": "Ring twice",
        "phones": [{"id": "1", "number": "9"}, {"id": "3", "number": "3"}],
    }


@given(DOCUMENTS, DOCUMENTS)
def test_differences_name_every_field_that_differs_and_no_other(before, after):
    named = {name for name, _, _ in differences(before, after)}
    assert named == {name for name in before | after if before.get(name) != after.get(name)}
