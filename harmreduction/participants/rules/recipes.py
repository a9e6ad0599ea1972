"""Codes made of answers: which parts a recipe may have, how answers are made alike, and what is one slip away.

A recipe is a pseudonym, not a secret: whoever knows the answers can type them. See docs/codes.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod

from harmreduction.core.messages import Message, message
from harmreduction.participants.rules.codes import CodeKind, TypedCode, UnusableCode
from harmreduction.participants.rules.phrases import plain_words

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
PADDING = "_"  # of a name with one letter
LETTERS_TAKEN = 2
FEWEST_PARTS = 3
KEPT_RECIPES = 5


class CannotMakeRecipe(UnusableCode):
    """A recipe whose codes many people would share."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One question of a recipe. Numbers lie within `bounds`; without bounds it is the letters of a name."""

    label: Message
    question: Message
    bounds: tuple[int, int] | None = None
    takes_last: bool = False

    @property
    def answers(self) -> int:
        """Return how many answers there may be."""
        return len(ALPHABET) ** LETTERS_TAKEN if self.bounds is None else self.bounds[1] - self.bounds[0] + 1


PARTS: dict[str, Part] = {
    "first2": Part(
        label=message("First two letters of the first name"),
        question=message("The first two letters of your first name"),
    ),
    "last2": Part(
        label=message("First two letters of the family name"),
        question=message("The first two letters of your family name"),
    ),
    "parent2": Part(
        label=message("First two letters of a parent's first name"),
        question=message("The first two letters of the first name of a parent, or of who raised you"),
    ),
    "town2": Part(
        label=message("First two letters of the town of birth"),
        question=message("The first two letters of the town where you were born"),
    ),
    "ending2": Part(
        label=message("Last two letters of the family name"),
        question=message("The last two letters of your family name"),
        takes_last=True,
    ),
    "day": Part(
        label=message("Day of birth"), question=message("The day of the month when you were born"), bounds=(1, 31)
    ),
    "month": Part(
        label=message("Month of birth"), question=message("The month when you were born, as a number"), bounds=(1, 12)
    ),
    "year2": Part(
        label=message("Last two digits of the year of birth"),
        question=message("The last two digits of the year when you were born"),
        bounds=(0, 99),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The parts that a programme asks for, and how often it had changed them by then."""

    version: int
    parts: tuple[str, ...]

    @property
    def combinations(self) -> int:
        """Return how many codes there may be; names are not spread evenly, so far fewer in life."""
        return prod(PARTS[name].answers for name in self.parts)

    @property
    def written(self) -> str:
        """Return the recipe as a setting keeps it."""
        return f"{self.version}:{'+'.join(self.parts)}"


def recipe_of(version: int, parts: str) -> Recipe:
    """Return the recipe with these parts, in the order in which they are asked."""
    named = {name.strip() for name in parts.split(",")}
    return Recipe(version=version, parts=tuple(name for name in PARTS if name in named))


def earlier_recipes(written: str) -> list[Recipe]:
    """Return the recipes of before, newest first, from a setting."""
    found = (line.partition(":") for line in written.split(",") if line)
    return [recipe_of(int(version), parts.replace("+", ",")) for version, _, parts in found]


def check_recipe(parts: Iterable[str]) -> None:
    """Raise CannotMakeRecipe for parts that many people share."""
    chosen = [PARTS[name] for name in parts]
    if len(chosen) < FEWEST_PARTS or all(part.bounds for part in chosen):
        raise CannotMakeRecipe(message("Choose three parts or more, one of them letters. Shorter codes are shared."))


def typed_recipe(recipe: Recipe, answers: Mapping[str, str]) -> TypedCode:
    """Return the answers to a recipe made alike; one may stay open. Raises UnusableCode for fewer."""
    parts = tuple((name, plain_answer(name, answers.get(name, ""))) for name in recipe.parts)
    if sum(not answer for _, answer in parts) > 1:
        raise UnusableCode(message("Answer all questions but one, or go on without a code."))
    return TypedCode(kind=CodeKind.RECIPE, parts=parts)


def plain_answer(name: str, text: str) -> str:
    """Return one answer made alike, empty if it stays open; raises UnusableCode for what is no answer."""
    part = PARTS[name]
    return _letters(part, text) if part.bounds is None else _digits(part.bounds, text)


def recipe_text(version: int, parts: Iterable[tuple[str, str]], letter: str = "") -> str:
    """Return what the digest of a recipe is made of; it goes nowhere else."""
    return "|".join((str(version), *(f"{name}={answer}" for name, answer in parts), letter)).rstrip("|")


def nearest_parts(parts: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Return the answers that differ from these by one slip: a sign, two signs swapped, or day and month swapped."""
    for place, (name, answer) in enumerate(parts):
        for other in _one_slip(name, answer):
            yield (*parts[:place], (name, other), *parts[place + 1 :])
    answers = dict(parts)
    if answers.get("day") and answers.get("month") and int(answers["day"]) <= 12:
        swapped = answers | {"day": answers["month"], "month": answers["day"]}
        if swapped != answers:
            yield tuple((name, swapped[name]) for name, _ in parts)


def _letters(part: Part, text: str) -> str:
    """Return the two letters of a name, however it was typed."""
    name = "".join(sign for sign in "".join(plain_words(text[:80])) if sign.isalpha())
    taken = name[-LETTERS_TAKEN:] if part.takes_last else name[:LETTERS_TAKEN]
    if text.strip() and not taken:
        raise UnusableCode(message("Letters only."))
    return taken.ljust(LETTERS_TAKEN, PADDING) if taken else ""


def _digits(bounds: tuple[int, int], text: str) -> str:
    """Return a number of two digits; of a year only the last two stay."""
    typed = text.strip()
    if not typed:
        return ""
    least, most = bounds
    number = int(typed) if typed.isdecimal() and len(typed) <= 4 else -1
    if most == 99 and len(typed) == 4:
        number %= 100
    if not least <= number <= most:
        raise UnusableCode(message("A number from %(least)s to %(most)s.", least=least, most=most))
    return f"{number:02}"


def _one_slip(name: str, answer: str) -> Iterator[str]:
    """Return the answers to one question that are one slip away; an open one has none."""
    if not answer:
        return
    bounds = PARTS[name].bounds
    signs = ALPHABET + PADDING if bounds is None else "0123456789"
    first, second = answer[0], answer[1]
    near = {sign + second for sign in signs} | {first + sign for sign in signs} | {second + first}
    for other in sorted(near - {answer}):
        if bounds is None or bounds[0] <= int(other) <= bounds[1]:
            yield other
