"""What is said about one file: plain, immutable data."""
