"""Where people can go: services, places, hours, and how they are kept true."""
