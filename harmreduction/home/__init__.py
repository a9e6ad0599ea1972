"""Pages that combine features: today, help, privacy, audit, health."""
