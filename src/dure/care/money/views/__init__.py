"""The settlement's pages."""
