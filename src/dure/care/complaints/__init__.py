"""Complaints: received from anybody, answered by a date, with the statement of the provider whom it is about."""
