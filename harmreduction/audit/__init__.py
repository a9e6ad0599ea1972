"""Who did what and when, as a chain that nobody without its key can edit unseen."""
