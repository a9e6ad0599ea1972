"""What phones and the server agree on, decided without a database."""
