"""What the conversation decides: the cards, what is said, the plan, what would change if, instruments. Plain Python."""
