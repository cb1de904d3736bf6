"""Photographs of signs: what a worker photographed at a door, beside what was reported there."""
