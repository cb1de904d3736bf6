"""On which days meals come: plans, public holidays with their substitutes, closures of the office and of a provider."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from dure.care.models import Closure
from dure.cases.hours import public_holidays as public_holidays

AHEAD = 7  # so far ahead a closure is looked for


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

    def meals(self, provider: int, day: date, weekdays: Collection[int] = range(7)) -> int:
        """How many meals are handed over: two on the last day before a closure that says so.

        Days on which no meal is planned anyhow are passed over: before a closed Monday it is Friday's that is doubled.
        """
        coming = (day + timedelta(days=n) for n in range(1, AHEAD + 1))
        following = next((each for each in coming if each.weekday() in weekdays), None)
        said = self.closure(provider, following) if following else None
        return 2 if said and said.double_before and not said.serves else 1


def calendar(office: int, since: date, until: date) -> Calendar:
    """The calendar of an office between two days, both included."""
    window = (since, until + timedelta(days=AHEAD))
    return Calendar(Closure.objects.filter(office_id=office, day__range=window))
