"""The register of what was passed on to third parties: to whom, what, on what basis, by whom; read from the rows."""
