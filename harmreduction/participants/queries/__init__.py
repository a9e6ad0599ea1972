"""Read participants, their codes, and how often somebody looked for one; nothing here knows a code."""
