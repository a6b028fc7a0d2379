"""What records by itself: decorators, and taps into libraries that the host has imported."""
