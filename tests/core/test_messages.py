"""Sentences carry their values, and every one of them reaches the catalogue."""

import io

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import counted_message, extract_catalogue, message


def test_a_sentence_carries_its_values():
    assert str(message("Enter a whole number from 1 to %(most)s.", most=9)) == "Enter a whole number from 1 to 9."


def test_a_sentence_without_values_may_hold_a_percent_sign():
    assert str(message("Up to 80 % of them")) == "Up to 80 % of them"


def test_a_counted_sentence_chooses_its_wording():
    def waiting(count):
        return str(counted_message("Wait %(count)s second.", "Wait %(count)s seconds.", count))

    assert [waiting(1), waiting(0), waiting(30)] == ["Wait 1 second.", "Wait 0 seconds.", "Wait 30 seconds."]


def test_a_sentence_may_hold_another_one():
    told = message("%(browser)s on %(system)s", browser=message("A browser"), system="Linux")
    assert str(told) == "A browser on Linux"


def test_messages_can_be_keys_and_are_told_apart_by_their_words():
    assert len({message("Van"), message("Van"), message("Backpack")}) == 2


def test_an_error_reads_like_its_sentence():
    assert str(DomainError(message("Lot %(lot)s is here.", lot="A1"))) == "Lot A1 is here."


def test_names_units_and_notes_of_the_catalogue_are_extracted():
    table = "code,name,unit,unit_plural,note\nkit,Wound kit,kit,kits,Keep dry\npad,Pad,,,\n"
    found = list(extract_catalogue(io.BytesIO(table.encode()), None, None, None))
    assert found == [
        (2, "gettext", "Wound kit", []),
        (2, "gettext", "Keep dry", []),
        (2, "ngettext", ("kit", "kits"), []),
        (3, "gettext", "Pad", []),
    ]
