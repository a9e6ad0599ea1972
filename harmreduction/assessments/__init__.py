"""The conversation about overdose that a participant and staff go through together, and the plan it ends in."""
