"""Which numbers may be shown outside the programme without telling of one person."""
