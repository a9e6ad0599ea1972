"""The places where a programme works, and who works where."""
