"""The forms of the conversation."""
