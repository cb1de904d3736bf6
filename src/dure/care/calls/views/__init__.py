"""The pages of welfare calls and warnings."""
