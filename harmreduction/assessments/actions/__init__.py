"""What people do with conversations, each saved whole or not at all."""
