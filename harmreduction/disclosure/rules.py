"""What a single count may tell outside. Plain Python: no Flask, no database.

A count of 1 up to one less than the smallest that is shown could be about one person, so it is hidden. Zero is shown:
nobody is in it. Two rules keep what is hidden from being worked out: only whole quarters that have ended are shown as
they are, each once and for good; and of the time since then only "at least", in whole tens.
"""

TENS = 10


def shown_outside(count: int, *, smallest: int) -> int | None:
    """Return a count as it may be shown outside, or None where it stays hidden."""
    return count if count == 0 or count >= smallest else None


def at_least(count: int, *, smallest: int) -> int | None:
    """Return the whole tens in a count that still grows, or None while that is too little to tell."""
    tens = count // TENS * TENS
    return tens if tens >= max(smallest, TENS) else None
