"""Participants who chose to have a code: who they are is not known, and nothing here could tell."""
