"""The pages of the directory: finder, map, services, and what staff do to keep them true."""
