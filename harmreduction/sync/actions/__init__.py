"""Set phones up, take what they send, and make of it what the pages would."""
