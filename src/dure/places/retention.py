"""Addresses go with whoever lived there."""

from dure.offices.retention import Retention

RETENTION = Retention(
    excused={"places_area": "administrative areas"},
    elsewhere={},
)
