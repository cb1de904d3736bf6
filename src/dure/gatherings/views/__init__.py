"""The pages of gatherings and circulars."""
