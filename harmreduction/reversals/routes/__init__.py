"""The pages of reversal reports: tell one, the public page, look through them, figures."""
