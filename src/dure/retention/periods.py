"""The periods with which an office begins, as rules that it may change as of a day."""

from datetime import date

from dure.offices.retention import Period, purposes
from dure.rules.actions import Standard
from dure.rules.models import Unit

SINCE = date(2026, 1, 1)


def periods() -> list[Period]:
    """Each once, in the order of the purposes."""
    return list(dict.fromkeys(each.period for each in purposes()))


def standard() -> list[Standard]:
    """As rules."""
    return [Standard(each.rule, each.what, each.count, Unit(each.unit), each.source, SINCE) for each in periods()]
