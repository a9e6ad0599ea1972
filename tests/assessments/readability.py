"""How hard a text is to read: Flesch–Kincaid grade in English, Fernández Huerta ease in Spanish.

Syllables are counted by rule. The English rules were compared with the CMU Pronouncing Dictionary for every word of
the release's cards; where they differ, the word stands in ENGLISH. Spanish is written as it is spoken.
A text is given in pieces (a question, an answer to choose, a line of a plan); each is one sentence at least.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

HIGHEST_GRADE = 6.0  # Flesch–Kincaid: years of school in the United States
LOWEST_EASE = 70.0  # Fernández Huerta: "fairly easy" and better

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
SENTENCE_END = re.compile(r"[.!?:;…]+[”\"')]*(?=\s|$)")

# What is written in English and not spoken, and what is one group of vowels and two syllables.
SILENT = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$"  # dose, while, but little
    r"|(?<=[^aeioudt])ed$"  # used, but wanted
    r"|(?<=[^aeioucgszxh])es$|(?<=[aeiouy]l)es$"  # times, but doses
    r"|(?<=[a-z]m)e(?=one$|thing$|times$|where$)|(?<=[^aeiouy])e(?=ly$|less$|ful$|ty$)"  # someone, lately, safety
)
SPLIT = re.compile(
    r"ia(?![ln]$)|io(?!u?n|us)|eo(?!u)|[aeiou]ing$|ua(?=[tl])|uou|(?<![gq])ui(?=[nd])|ism$|[^aeiou]ier$|iest$"
)
GROUP = re.compile(r"[aeiouy]+")
ENGLISH = {"anyone": 3, "apnea": 3, "heroin": 3, "people": 2}

SPANISH_SILENT = re.compile(r"(?<=[qg])u(?=[eéií])")
SPANISH_Y = re.compile(r"y(?![aeiouáéíóú])")  # muy, but ayuda
SPANISH_GROUP = re.compile(r"[aeiouáéíóúü]+")
STRONG = re.compile(r"[aeoáéóíú]")  # each its own syllable; i and u lean on one


def english_syllables(word: str) -> int:
    """Return how many syllables an English word has."""
    if word in ENGLISH:
        return ENGLISH[word]
    spoken = SILENT.sub("", word)
    return max(1, len(GROUP.findall(spoken)) + len(SPLIT.findall(spoken)))


def spanish_syllables(word: str) -> int:
    """Return how many syllables a Spanish word has."""
    spoken = SPANISH_Y.sub("i", SPANISH_SILENT.sub("", word))
    return max(1, sum(max(1, len(STRONG.findall(group))) for group in SPANISH_GROUP.findall(spoken)))


@dataclass(frozen=True, kw_only=True)
class Text:
    """What was counted in a text."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """Return the Flesch–Kincaid grade of an English text."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def ease(self) -> float:
        """Return the Fernández Huerta ease of a Spanish text."""
        return 206.84 - 60 * self.syllables / self.words - 1.02 * self.words / self.sentences


def count(pieces: Iterable[str], language: str) -> Text:
    """Count the sentences, words and syllables of a text in pieces."""
    of_word = english_syllables if language == "en" else spanish_syllables
    sentences = words = syllables = 0
    for piece in pieces:
        found = WORD.findall(piece)
        sentences += max(1, len(SENTENCE_END.findall(piece))) if found else 0
        words += len(found)
        syllables += sum(_spoken(word, of_word) for word in found)
    return Text(sentences=sentences, words=words, syllables=syllables)


def is_easy(pieces: Iterable[str], language: str) -> bool:
    """Say whether a participant's text is as easy to read as it has to be."""
    text = count(pieces, language)
    return text.grade <= HIGHEST_GRADE if language == "en" else text.ease >= LOWEST_EASE


def _spoken(word: str, of_word: Callable[[str], int]) -> int:
    """Return the syllables of a word, of a number digit by digit, of letters such as HIV one by one."""
    if word[0].isdigit() or (word.isupper() and len(word) > 1):
        return len(word)
    return of_word(word.lower())
