"""The pages of a participant, of the programme's journey, and of how far people come on it."""
