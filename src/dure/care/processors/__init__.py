"""The register of processors: who works with personal data for the office, at what, since when, trained, and ended."""
