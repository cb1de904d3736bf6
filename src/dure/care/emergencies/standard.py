"""For how long a look in an emergency lasts: a rule that each office sets."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop

from dure.rules.actions import Standard, begin, rules
from dure.rules.models import Unit

RULES = [
    Standard("emergency-look", gettext_noop("Emergency look: hours until it ends by itself"), 1, Unit.HOURS,
             "지자체 운영 기준", date(2016, 2, 12)),
]  # fmt: skip
SHORTEST, LONGEST = timedelta(minutes=6), timedelta(hours=24)


def lasts(office: int, on: date, *, now: datetime) -> timedelta:
    """How long a look that begins on this day shows somebody: at least 6 minutes, at most a day."""
    begin(office, RULES, now=now)
    hours = rules(office, RULES).on("emergency-look", on)
    return min(max(timedelta(hours=float(hours)), SHORTEST), LONGEST)
