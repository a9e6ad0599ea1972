"""Read conversations that were kept, what is open after them, and what can be done in a sitting."""
