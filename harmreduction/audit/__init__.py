"""Who did what and when, as a chain that cannot be edited unseen."""
