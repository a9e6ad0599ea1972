"""Phones that work without a signal: what they know, what they send, and what becomes of it."""
