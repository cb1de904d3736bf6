"""The embedded PostgreSQL: found, made, started and stopped."""
