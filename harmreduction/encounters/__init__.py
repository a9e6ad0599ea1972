"""Visits and what was handed out on them."""
