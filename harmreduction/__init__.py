"""Harm Reduction Tracker: supplies, hand-outs and care for people who use drugs, without barriers."""
