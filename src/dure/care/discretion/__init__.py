"""Discretion: who of a recipient's own people isn't to be told, since when and why. Only the office sees it."""
