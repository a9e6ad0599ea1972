"""The pages that combine features."""
