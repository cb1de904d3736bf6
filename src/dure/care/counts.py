"""The day in numbers: planned = seen + explained + open, and the rows behind each number."""
