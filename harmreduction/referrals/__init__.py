"""Referrals: somebody was told of a service, and whether they got there."""
