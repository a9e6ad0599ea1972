"""The parts of a life that may be in place, the programme's steps, and what they add up to."""
