"""What every feature needs and nothing of ours is needed by: database, clock, errors, messages."""
