"""Dure: field programmes of a local government, in which a missed contact never goes unnoticed."""

__version__ = "0.1.0"
