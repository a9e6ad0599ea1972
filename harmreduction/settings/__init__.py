"""What a programme decides for itself."""
