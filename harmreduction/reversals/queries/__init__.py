"""Read reversal reports, which of them may tell of one overdose, and what they add up to."""
