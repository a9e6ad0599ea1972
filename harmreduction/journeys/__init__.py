"""One participant's time with the programme: history, connections, the way that a programme hopes for."""
