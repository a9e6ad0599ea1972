"""What holds in the directory: its terms, what the finder is asked, and what is true enough."""
