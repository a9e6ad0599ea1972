"""Make digests of a typed code: its own, those of earlier recipes, and those of codes that are one slip away."""

from collections.abc import Iterable, Iterator

from harmreduction.core.keyed import code_digests
from harmreduction.participants.rules.cards import is_card_code, nearest_card_codes
from harmreduction.participants.rules.codes import LETTERS, CodeKind, KeyedCode, TypedCode
from harmreduction.participants.rules.recipes import Recipe, earlier_recipes, nearest_parts, recipe_of, recipe_text
from harmreduction.settings.rules import ProgrammeSettings


def current_recipe(decided: ProgrammeSettings) -> Recipe:
    """Return the recipe that is asked for today."""
    return recipe_of(decided.recipe_version, decided.recipe_parts)


def kinds_in_use(decided: ProgrammeSettings) -> frozenset[CodeKind]:
    """Return the kinds of codes that a programme uses; a phrase stands beside either of the others."""
    used = {CodeKind.CARD: decided.uses_card_codes, CodeKind.RECIPE: decided.uses_recipe_codes}
    used[CodeKind.PHRASE] = any(used.values())
    return frozenset(kind for kind, is_used in used.items() if is_used)


def keyed_code(typed: TypedCode, decided: ProgrammeSettings) -> KeyedCode:
    """Return a code as digests; what was typed is not needed any more."""
    if typed.kind is CodeKind.RECIPE:
        return _recipe(typed, decided)
    if typed.kind is CodeKind.PHRASE:
        texts = (typed.text, *(f"{typed.text}|{letter}" for letter in LETTERS[1:]))
        return KeyedCode(kind=typed.kind, lettered=tuple(code_digests(typed.kind, text) for text in texts))
    return KeyedCode(
        kind=typed.kind,
        lettered=(code_digests(typed.kind, typed.text),),
        nearest=_digests_of(typed.kind, sorted(nearest_card_codes(typed.text))),
        is_possible=is_card_code(typed.text),
    )


def _recipe(typed: TypedCode, decided: ProgrammeSettings) -> KeyedCode:
    """Return the digests of a recipe: with each letter, by the recipes of before, and one slip away."""
    version, parts = decided.recipe_version, typed.parts
    near = (recipe_text(version, other) for other in nearest_parts(parts))
    return KeyedCode(
        kind=CodeKind.RECIPE,
        recipe_version=version,
        lettered=tuple(
            code_digests(CodeKind.RECIPE, recipe_text(version, parts, letter)) for letter in ("", *LETTERS[1:])
        ),
        earlier=_digests_of(CodeKind.RECIPE, _by_earlier_recipes(parts, decided)),
        nearest=_digests_of(CodeKind.RECIPE, near),
    )


def _by_earlier_recipes(parts: tuple[tuple[str, str], ...], decided: ProgrammeSettings) -> Iterator[str]:
    """Return the same answers by each recipe of before that asked for nothing else."""
    answers = dict(parts)
    for recipe in earlier_recipes(decided.earlier_recipes):
        if set(recipe.parts) <= answers.keys():
            same = [(name, answers[name]) for name in recipe.parts]
            yield from (recipe_text(recipe.version, same, letter) for letter in ("", *LETTERS[1:]))


def _digests_of(kind: CodeKind, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the digests of several texts, with each key."""
    return tuple(digest for text in texts for digest in code_digests(kind, text))
