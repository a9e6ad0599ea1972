"""What a reversal report asks, what makes it believable, and which reports may tell of one overdose. Plain Python."""
