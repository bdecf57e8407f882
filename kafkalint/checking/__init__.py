"""What a check is, what it says, and which of it is kept."""
