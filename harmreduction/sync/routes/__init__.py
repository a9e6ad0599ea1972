"""What a phone asks for and sends, and the pages on which a lead looks after phones."""
