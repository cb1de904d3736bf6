"""How long it is kept who worked with personal data for the office."""

from dure.offices.retention import Retention

RETENTION = Retention(excused={"processors_processor": "agencies and what they work with: names no person"})
