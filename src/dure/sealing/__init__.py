"""What tells of an illness or opens a door lies sealed in the data base: docs/decisions/0009-values-and-sealing.md."""
