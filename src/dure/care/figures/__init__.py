"""What was done, in figures: each with what it means beside it and the rows behind it."""
