"""One day of the demo office, lived through the real product under a moved clock."""
