"""Bring the translation catalogues up to date and name what still waits for a translator.

Run as `make translate`. Exit status 1 means that a sentence has no translation, or only a guessed one.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "translations"
KEYWORDS = ("message", "counted_message:1,2", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
SHOWN = 20


def main() -> None:
    """Extract every sentence, update each catalogue, and report."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        extract(template)
        update(template)
    waiting = sum(report(catalogue) for catalogue in catalogues())
    sys.exit(1 if waiting else 0)


def catalogues() -> list[Path]:
    """Return the catalogue of each language."""
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def extract(template: Path) -> None:
    """Write every sentence of the app to a template; what is read from where stands in pyproject.toml."""
    keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
    # No line numbers: a catalogue then changes only when its sentences do.
    layout = ["--add-location", "file", "--sort-by-file", "--project", "Harm Reduction Tracker"]
    pybabel("extract", "-F", "pyproject.toml", *keywords, *layout, "-o", str(template), ".")


def update(template: Path) -> None:
    """Bring new sentences into each catalogue and drop those that nothing says any more."""
    options = ["--ignore-obsolete", "--ignore-pot-creation-date"]
    pybabel("update", "-i", str(template), "-d", str(TRANSLATIONS), *options)


def report(catalogue: Path) -> int:
    """Print what waits for a translator in one catalogue and return how many sentences that are."""
    language = catalogue.parent.parent.name
    with catalogue.open("rb") as file:
        messages = [entry for entry in read_po(file, locale=language) if entry.id]
    waiting = [entry for entry in messages if entry.fuzzy or not is_translated(entry)]
    print(f"{language}: {len(messages) - len(waiting)} of {len(messages)} sentences translated")
    for entry in waiting[:SHOWN]:
        print(f"  {'guessed' if entry.fuzzy else 'missing'}: {entry.id!r}")
    if len(waiting) > SHOWN:
        print(f"  and {len(waiting) - SHOWN} more")
    return len(waiting)


def is_translated(entry: Message) -> bool:
    """Say whether a sentence has its translation, in every plural form if it has several."""
    return all(entry.string) if isinstance(entry.string, tuple) else bool(entry.string)


def pybabel(*words: str) -> None:
    """Run one step of Babel's own tool, quietly."""
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", *words], cwd=ROOT, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
