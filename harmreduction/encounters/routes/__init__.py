"""The pages of an outreach worker, and the usual hand-outs that the programme chooses for them."""
