"""What holds for codes on cards, for recipes and for phrases, whatever is typed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.participants.rules.cards import (
    CARD_LENGTH,
    DRAWN,
    card_code,
    is_card_code,
    nearest_card_codes,
    typed_card,
    typed_signs,
)
from harmreduction.participants.rules.codes import CodeKind, UnusableCode
from harmreduction.participants.rules.phrases import plain_words, typed_phrase
from harmreduction.participants.rules.recipes import (
    PARTS,
    CannotMakeRecipe,
    Recipe,
    check_recipe,
    earlier_recipes,
    nearest_parts,
    plain_answer,
    recipe_of,
    recipe_text,
    typed_recipe,
)
from harmreduction.settings.rules import CODE_SIGNS, grouped_code

CODES = st.lists(st.sampled_from(CODE_SIGNS), min_size=DRAWN, max_size=DRAWN).map(card_code)
PLACES = st.integers(0, CARD_LENGTH - 1)
EVERY_PART = recipe_of(1, ",".join(PARTS))
LETTER_PARTS = st.sampled_from([name for name, part in PARTS.items() if part.bounds is None])
NUMBER_PARTS = st.sampled_from([name for name, part in PARTS.items() if part.bounds])


@given(CODES, PLACES, st.sampled_from(CODE_SIGNS))
def test_the_check_sign_finds_every_single_wrong_sign(code, place, sign):
    wrong = code[:place] + sign + code[place + 1 :]
    assert is_card_code(code)
    assert is_card_code(wrong) == (wrong == code)


@given(CODES, st.integers(0, CARD_LENGTH - 2))
def test_the_check_sign_finds_every_swap_of_neighbours_but_2_and_z(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    goes_unseen = swapped == code or {code[place], code[place + 1]} == {"2", "Z"}
    assert is_card_code(swapped) == goes_unseen


@given(CODES)
def test_however_a_card_is_typed_it_is_the_same_code(code):
    for typed in (grouped_code(code), grouped_code(code).lower(), f" {code[:4]} {code[4:8]} {code[8]} ", code):
        assert typed_card(typed).text == code
    assert len(grouped_code(code)) == len("XXXX-XXXX-C")


@given(st.text(max_size=30))
def test_making_signs_alike_a_second_time_changes_nothing(text):
    assert typed_signs(typed_signs(text)) == typed_signs(text)


@given(CODES, PLACES, st.sampled_from(string.ascii_uppercase + string.digits))
def test_one_slip_leads_back_to_the_card(code, place, sign):
    slips = {
        code[:place] + sign + code[place + 1 :],
        code[:place] + code[place + 1 :],
        code[:place] + sign + code[place:],
        code[:place] + code[place : place + 2][::-1] + code[place + 2 :],
    }
    for slip in slips - {code}:
        assert code in nearest_card_codes(slip)
        assert len(nearest_card_codes(slip)) <= 30  # of 378 thousand million; a slip asks for no more than these


def test_the_check_signs_of_a_card_are_spread_over_all_signs():
    assert {card_code([sign] + ["2"] * 7)[-1] for sign in CODE_SIGNS} == set(CODE_SIGNS)


@pytest.mark.parametrize("text", ["K7TW", "K7TW-92BD-XM4H", "?" * 5])
def test_what_is_far_too_short_or_too_long_is_no_card(text):
    with pytest.raises(UnusableCode, match="nine signs"):
        typed_card(text)


def test_where_nothing_was_typed_the_sentence_says_so():
    with pytest.raises(UnusableCode, match="Type the code"):
        typed_card("  ")


def test_a_typed_code_shows_itself_nowhere():
    typed = typed_recipe(recipe_of(1, "first2,month,year2"), {"first2": "Quill", "month": "3", "year2": "71"})
    assert typed.parts and "qu" not in repr(typed) and "71" not in repr(typed)
    assert "heron" not in repr(typed_phrase("three herons by the river"))
    assert "222222222" not in repr(typed_card("222222222"))


@given(st.text(max_size=40))
def test_making_words_alike_a_second_time_changes_nothing(text):
    words = plain_words(text)
    assert plain_words(" ".join(words)) == words


@given(LETTER_PARTS, st.text(max_size=20))
def test_letters_of_a_name_are_made_alike_once_and_for_all(name, text):
    try:
        answer = plain_answer(name, text)
    except UnusableCode:
        return
    assert answer == "" or len(answer) == 2
    assert plain_answer(name, text.upper()) in (answer, plain_answer(name, text.upper().lower()))
    if answer and "_" not in answer:
        assert plain_answer(name, answer) == answer


@given(NUMBER_PARTS, st.integers(0, 9999))
def test_numbers_lie_within_their_bounds_or_are_no_answer(name, number):
    least, most = PARTS[name].bounds
    try:
        answer = plain_answer(name, str(number))
    except UnusableCode:
        assert not least <= number <= most
        return
    assert len(answer) == 2
    assert int(answer) == number % 100
    assert plain_answer(name, answer) == answer


@pytest.mark.parametrize(
    ("name", "typed", "answer"),
    [
        ("first2", "Élodie", "el"),
        ("first2", "  maria josé", "ma"),
        ("first2", "O'Neil", "on"),
        ("first2", "X", "x_"),
        ("first2", "ẞa", "ss"),
        ("ending2", "Smith", "th"),
        ("year2", "1985", "85"),
        ("year2", "07", "07"),
        ("month", "3", "03"),
        ("month", "", ""),
    ],
)
def test_answers_are_made_alike_however_they_are_typed(name, typed, answer):
    assert plain_answer(name, typed) == answer


@pytest.mark.parametrize(("name", "typed"), [("month", "13"), ("month", "March"), ("day", "0"), ("first2", "12")])
def test_what_is_no_answer_is_said_at_its_question(name, typed):
    with pytest.raises(UnusableCode):
        plain_answer(name, typed)


def test_one_answer_may_stay_open_and_not_two():
    three = recipe_of(1, "first2,month,year2")
    assert typed_recipe(three, {"first2": "He", "month": "3"}).parts[-1] == ("year2", "")
    with pytest.raises(UnusableCode, match="all questions but one"):
        typed_recipe(three, {"first2": "He"})


@given(st.data())
def test_near_recipes_differ_by_one_slip_and_never_from_themselves(data):
    parts = tuple(
        (name, data.draw(st.from_regex("[a-z]{2}", fullmatch=True)))
        if part.bounds is None
        else (name, f"{data.draw(st.integers(*part.bounds)):02}")
        for name, part in PARTS.items()
    )
    near = list(nearest_parts(parts))
    assert parts not in near
    for other in near:
        changed = [name for (name, before), (_, after) in zip(parts, other, strict=True) if before != after]
        assert len(changed) == 1 or changed == ["day", "month"]
        assert all(plain_answer(name, answer) == answer for name, answer in other if "_" not in answer)


def test_a_recipe_says_its_version_and_its_letter_in_what_is_digested():
    parts = (("first2", "he"), ("month", "03"))
    texts = {recipe_text(1, parts), recipe_text(2, parts), recipe_text(1, parts, "B"), recipe_text(1, parts[:1])}
    assert len(texts) == 4


def test_recipes_of_before_are_kept_as_they_were():
    recipe = Recipe(version=3, parts=("first2", "month"))
    assert earlier_recipes(f"{recipe.written},1:year2+day") == [recipe, recipe_of(1, "day,year2")]
    assert earlier_recipes("") == []
    assert recipe_of(1, "first2,parent2,month,year2").combinations == 676 * 676 * 12 * 100


@pytest.mark.parametrize("parts", [[], ["first2", "month"], ["day", "month", "year2"]])
def test_a_recipe_that_many_people_share_is_not_taken(parts):
    with pytest.raises(CannotMakeRecipe, match="three parts or more"):
        check_recipe(parts)
    check_recipe(["first2", "month", "year2"])


@pytest.mark.parametrize("text", ["", "heron", "the river", "a b c", "!!! ??? ..."])
def test_a_phrase_that_others_may_say_is_not_taken(text):
    with pytest.raises(UnusableCode, match="three words or more"):
        typed_phrase(text)
    assert typed_phrase("Three hérons, by the river!").text == typed_phrase("three herons by the RIVER").text
    assert typed_phrase("three herons by the river").kind is CodeKind.PHRASE
