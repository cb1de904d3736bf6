"""The office's pages of meal support."""
