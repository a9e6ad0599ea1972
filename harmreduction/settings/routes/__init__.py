"""The pages of settings and of a programme's first run."""
