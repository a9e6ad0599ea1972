"""What is erased: when a person asks, and when its time is over."""
