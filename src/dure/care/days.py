"""On which days meals come: plans, public holidays with their substitutes, closures of the office and of a provider."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

from dure.care.models import Closure


@lru_cache(maxsize=16)
def public_holidays(year: int) -> dict[date, str]:
    """Korea's public holidays of a year with their substitute days, and their names."""
    return dict(holidays.country_holidays("KR", years=year, language="ko"))


class Calendar:
    """The days of one office: which provider serves on which day."""

    def __init__(self, closures: Iterable[Closure]) -> None:
        self.own = {(c.provider_id, c.day): c for c in closures}

    def closure(self, provider: int, day: date) -> Closure | None:
        """What the provider, or else the office, says about this day."""
        return self.own.get((provider, day)) or self.own.get((None, day))

    def why_closed(self, provider: int, day: date) -> str:
        """Why no meals come on this day; empty when they do."""
        said = self.closure(provider, day)
        if said:
            return "" if said.serves else said.why
        return public_holidays(day.year).get(day, "")

    def meals(self, provider: int, day: date) -> int:
        """How many meals are handed over: two on the last day before a closure that says so."""
        after = day + timedelta(days=1)
        said = self.closure(provider, after)
        return 2 if said and said.double_before and not said.serves else 1


def calendar(office: int, since: date, until: date) -> Calendar:
    """The calendar of an office between two days, both included."""
    window = (since, until + timedelta(days=1))
    return Calendar(Closure.objects.filter(office_id=office, day__range=window))
