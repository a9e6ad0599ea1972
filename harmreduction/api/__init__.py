"""Data for other programs: the directory in the field's own standard."""
