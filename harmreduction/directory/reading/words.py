"""Words of services in files, as our own terms; and names of languages, as codes."""

import re
from collections.abc import Iterator

_OFFERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(words, re.IGNORECASE))
    for code, words in (
        ("naloxone", r"\bnaloxone|\bnarcan|\bnaloxbox|\bnalox\b"),
        ("syringes", r"\bsyringe (?:service|exchange|access)|\bneedle (?:and syringe|exchange)|\bsyringes\b"),
        ("drug_checking", r"\bdrug[- ]checking|\bfentanyl test|\btest strips?\b|\bxylazine test"),
        ("wound_care", r"\bwound[- ]care|\bwound clinic"),
        ("testing", r"\b(?:hiv|hcv|hepatitis|hep c|sti)\b[^.;|]*\btest|\btest\w*\b[^.;|]*\b(?:hiv|hcv|hepatitis)\b"),
        ("moud", r"\bmethadone|\bbuprenorphine|\bsuboxone|\bmoud\b|\bopioid treatment program|\bnaltrexone"),
        ("safer_smoking", r"\bsafer[- ]smoking|\bsmoking (?:kit|supplies)|\bpipes\b"),
        ("sharps_disposal", r"\bsharps\b|\b(?:syringe|needle) (?:disposal|drop)"),
        ("food", r"\bfood\b|\bpantry\b|\bpantries\b|\bmeals?\b|\bgrocer|\bsoup kitchen"),
        ("shelter", r"\bshelters?\b|\brespite\b"),
        ("peer_support", r"\bpeer[- ](?:support|recovery|counsel)"),
        ("no_id", r"\bno (?:id|identification|documents?|documentation)\b(?: is| are)?(?: required| needed)?"),
        ("anonymous", r"\banonymous"),
        ("walk_in", r"\bwalk[- ]?(?:ins?|ups?)\b(?! not)"),
        ("no_appointment", r"\bno appointments?\b|\bno appt\b"),
        ("wheelchair", r"\bwheelchair|\bada accessible"),
        ("free", r"\bfree(?: of charge)?\b(?![- ](?:standing|will))|\bno (?:cost|charge|fees?)\b"),
    )
)
_DENIED = re.compile(r"\b(?:no|not|without|closed to|except)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_SELF_DENYING = frozenset({"no_id", "no_appointment", "free"})

LANGUAGES = {
    "english": "en", "spanish": "es", "español": "es", "french": "fr", "portuguese": "pt", "haitian creole": "ht",
    "creole": "ht", "chinese": "zh", "mandarin": "cmn", "cantonese": "yue", "vietnamese": "vi", "tagalog": "tl",
    "korean": "ko", "japanese": "ja", "russian": "ru", "ukrainian": "uk", "polish": "pl", "arabic": "ar", "hindi": "hi",
    "punjabi": "pa", "urdu": "ur", "bengali": "bn", "german": "de", "italian": "it", "hebrew": "he", "yiddish": "yi",
    "somali": "so", "amharic": "am", "swahili": "sw", "hmong": "hmn", "navajo": "nv", "nepali": "ne", "khmer": "km",
    "farsi": "fa", "persian": "fa", "greek": "el", "turkish": "tr", "american sign language": "ase", "asl": "ase",
}  # fmt: skip
_BETWEEN = re.compile(r"[,;/|\n]|\band\b|&")


def terms_in(text: str) -> set[str]:
    """Return the codes of our terms that a list of offers names; "no food" names none."""
    if not text:
        return set()
    return {code for code, words in _OFFERS if any(_is_meant(code, text, match) for match in words.finditer(text))}


def languages_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and code of each language in a list; the code is "" where it is not known."""
    for part in _BETWEEN.split(text):
        if name := part.strip(" ."):
            yield name, LANGUAGES.get(name.lower(), name.lower() if name.lower() in LANGUAGES.values() else "")


def _is_meant(code: str, text: str, match: re.Match[str]) -> bool:
    return code in _SELF_DENYING or not _DENIED.search(text[: match.start()])
