"""Consents: what a recipient agreed to, for which purpose, by which version of the text; and what was taken back."""
