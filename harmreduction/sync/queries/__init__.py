"""Read phones, what they sent, and what they take along."""
