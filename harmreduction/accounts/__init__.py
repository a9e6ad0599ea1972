"""The people who work with the system: roles, sign-in, sessions."""
