"""Services of one name in one list are told apart."""

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.referrals.rules.service_names import Named, told_apart

WORDS = st.sampled_from(["", "Heron", "Otter"])


def called(*services):
    """Return what services are called, given as (name, organisation, town)."""
    named = [
        Named(service_id=number, name=name, organization=organization, town=town)
        for number, (name, organization, town) in enumerate(services)
    ]
    return list(told_apart(named).values())


def test_a_name_is_enough_where_nobody_else_has_it():
    assert called(("Food bank", "Heron", "Durham"), ("Shelter", "Heron", "Durham")) == ["Food bank", "Shelter"]


def test_services_of_one_name_get_what_tells_them_apart_and_no_more():
    assert called(("A", "Heron", "Durham"), ("A", "Otter", "Durham")) == ["A, Heron", "A, Otter"]
    assert called(("A", "Heron", "Durham"), ("A", "Heron", "Cary")) == ["A, Durham", "A, Cary"]
    assert called(("A", "H", "Durham"), ("A", "H", "Cary"), ("A", "O", "Cary")) == [
        "A, H, Durham",
        "A, H, Cary",
        "A, O, Cary",
    ]
    assert called(("A", "H", "Cary"), ("A", "H", "Cary")) == ["A, H, Cary (1)", "A, H, Cary (2)"]


@given(st.lists(st.tuples(st.just("A"), WORDS, WORDS), max_size=6))
def test_no_two_services_of_one_name_are_called_the_same(services):
    labels = called(*services)
    assert len(set(labels)) == len(labels) == len(services)
