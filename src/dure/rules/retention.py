"""Rules name nobody."""

from dure.offices.retention import Retention

RETENTION = Retention(excused={"rules_rule": "figures of the law and of the office"})
