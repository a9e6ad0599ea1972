"""How many codes one member of the team may look for within an hour."""

from datetime import timedelta

COUNTED_FOR = timedelta(hours=1)
FEWEST_LOOKUPS = 5
MOST_LOOKUPS = 500
