"""Totals over time, and the history of the years before."""
