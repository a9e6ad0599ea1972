"""How hard a text is to read: Flesch–Kincaid grade in English, Fernández Huerta ease in Spanish.

Flesch–Kincaid, in years of school in the United States: J. P. Kincaid, R. P. Fishburne, R. L. Rogers, B. S. Chissom,
"Derivation of new readability formulas", Research Branch Report 8-75, Naval Technical Training, Memphis 1975.
Fernández Huerta, from 100 (very easy) down: J. Fernández Huerta, "Medidas sencillas de lecturabilidad", Consigna 214
(1959), 29–32; its sentences are counted in words of each, as G. Law put right in 2011. Its table says which year of
school an ease stands for.

Both look at the length of words and sentences alone: a text may be easy by its measure and hard to understand, and of
a few words the measure says little. Syllables are counted by rule. The English rules were compared with the CMU
Pronouncing Dictionary for every word of the release's cards; where they differ, the word stands in ENGLISH. Spanish is
written as it is spoken. A text is given in pieces (a question, an answer to choose, a line of a plan); each is one
sentence at least.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harmreduction.core.messages import Message, message

HIGHEST_GRADE = 6.0  # Flesch–Kincaid
LOWEST_EASE = 70.0  # Fernández Huerta: "fairly easy" and better, which is the sixth year of school as well
YEARS_OF_EASE = ((90.0, 4), (80.0, 5), (LOWEST_EASE, 6))  # an ease and better → the year of school in his table

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


SYLLABLES: Mapping[str, Callable[[str], int]] = {"en": english_syllables, "es": spanish_syllables}


@dataclass(frozen=True, kw_only=True)
class Text:
    """What was counted in a text; words is never 0."""

    language: str
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

    @property
    def is_easy(self) -> bool:
        """Say whether it is as easy to read as a participant's text has to be."""
        return self.grade <= HIGHEST_GRADE if self.language == "en" else self.ease >= LOWEST_EASE

    @property
    def year(self) -> int | None:
        """Return the year of school whose pupils read it, or None where it is too hard for a participant's text."""
        if not self.is_easy:
            return None
        if self.language == "en":
            return max(1, round(self.grade))
        return next(year for least, year in YEARS_OF_EASE if self.ease >= least)

    def told(self, language: str) -> Message:
        """Return in words how hard it is to read; language: what people call it."""
        if self.year:
            return message(
                "In %(language)s, this reads at about school grade %(grade)s.", language=language, grade=self.year
            )
        return message(
            "In %(language)s, this is harder to read than school grade %(grade)s. Shorter sentences and words help.",
            language=language,
            grade=round(HIGHEST_GRADE),
        )


def measure(pieces: Iterable[str], language: str) -> Text | None:
    """Return what is counted in a text in pieces; None for one without words, or in a language of no measure here."""
    of_word = SYLLABLES.get(language)
    if of_word is None:
        return None
    sentences = words = syllables = 0
    for piece in pieces:
        found = WORD.findall(piece)
        sentences += max(1, len(SENTENCE_END.findall(piece))) if found else 0
        words += len(found)
        syllables += sum(_spoken(word, of_word) for word in found)
    return Text(language=language, sentences=sentences, words=words, syllables=syllables) if words else None


def _spoken(word: str, of_word: Callable[[str], int]) -> int:
    """Return the syllables of a word, of a number digit by digit, of letters such as HIV one by one."""
    if word[0].isdigit() or (word.isupper() and len(word) > 1):
        return len(word)
    return of_word(word.lower())
