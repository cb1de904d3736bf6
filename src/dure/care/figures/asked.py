"""Which days somebody asks about, what is compared, and what is left out."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from dure import clock

ONE_DAY = timedelta(days=1)
NONE = "none"  # in an address: of no provider, dong or scheme
LONG = 62  # days; from then on a chart has a bar a month


class By(StrEnum):
    """What is compared."""

    ALL = "all"
    SCHEME = "scheme"
    PROVIDER = "provider"
    DONG = "dong"
    TIER = "tier"


TITLES = {
    By.ALL: _("All in one"), By.SCHEME: _("Scheme"), By.PROVIDER: _("Provider"), By.DONG: _("Dong"),
    By.TIER: _("Risk"),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Days, both included; what is compared; and the one provider, dong, scheme or risk that is meant, if any."""

    first: date
    last: date
    by: By = By.ALL
    provider: int | None = None
    dong: int | None = None
    scheme: int | None = None
    tier: str = ""

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1

    @property
    def kind(self) -> str:
        """day, month, year, or days when they are none of these."""
        if self.first == self.last:
            return "day"
        if self.first.day == 1 and self.last == month_ends(self.first):
            return "month"
        return "year" if self.first == date(self.first.year, 1, 1) and self.last == _new_year(self.last) else "days"

    @property
    def name(self) -> str:
        """The days as people write them.

        >>> [Asked(date(2026, 1, 1), date(*last)).name for last in ((2026, 1, 1), (2026, 1, 31), (2026, 12, 31))]
        ['2026-01-01', '2026-01', '2026']
        >>> Asked(date(2026, 1, 1), date(2026, 2, 3)).name
        '2026-01-01 – 2026-02-03'
        """
        forms = {"day": f"{self.first:%Y-%m-%d}", "month": f"{self.first:%Y-%m}", "year": f"{self.first:%Y}"}
        return forms.get(self.kind, f"{self.first:%Y-%m-%d} – {self.last:%Y-%m-%d}")

    @property
    def title(self) -> object:
        """What is compared, in words."""
        return TITLES[self.by]

    @property
    def before(self) -> "Asked":
        """The same span once earlier: the day, month or year before, or as many days."""
        last = self.first - ONE_DAY
        firsts = {"month": last.replace(day=1), "year": date(last.year, 1, 1)}
        return replace(self, first=firsts.get(self.kind, last - (self.days - 1) * ONE_DAY), last=last)

    @property
    def after(self) -> "Asked":
        """The same span once later."""
        first = self.last + ONE_DAY
        lasts = {"month": month_ends(first), "year": date(first.year, 12, 31)}
        return replace(self, first=first, last=lasts.get(self.kind, first + (self.days - 1) * ONE_DAY))

    @property
    def narrowed(self) -> bool:
        """Whether only a part is meant."""
        return bool(self.provider or self.dong or self.scheme or self.tier)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the beginning of the day after the last, where the office is."""
        begins, ends = (datetime.combine(each, time(), clock.zone()) for each in (self.first, self.last + ONE_DAY))
        return begins, ends

    @property
    def monthly(self) -> bool:
        """Whether a chart has a bar a month and not one a day."""
        return self.days > LONG

    def only(self, key: str) -> "Asked":
        """Only what stands on one line."""
        if self.by == By.ALL or key in ("", NONE):
            return self
        meant: Any = {self.by.value: key if self.by == By.TIER else int(key)}
        return replace(self, **meant)

    def on(self, first: date, last: date) -> "Asked":
        """The same on other days."""
        return replace(self, first=first, last=last)

    def until(self, day: date) -> "Asked":
        """The same, nothing after this day; no day at all when all of it is to come."""
        return replace(self, last=min(self.last, day))

    def comparing(self, by: By) -> "Asked":
        """The same, something else compared."""
        return replace(self, by=by)

    @property
    def query(self) -> str:
        """It as the end of an address."""
        said = {"provider": self.provider, "dong": self.dong, "scheme": self.scheme, "tier": self.tier}
        days = {"since": self.first.isoformat(), "until": self.last.isoformat(), "by": self.by.value}
        return urlencode(days | {name: value for name, value in said.items() if value})


def the_month(day: date) -> Asked:
    """The whole month of a day.

    >>> the_month(date(2026, 2, 9)).last
    datetime.date(2026, 2, 28)
    """
    return Asked(day.replace(day=1), month_ends(day))


def of_late(today: date) -> Asked:
    """What a person wants to see first: this month; in its first week the month before.

    >>> of_late(date(2026, 12, 7)).name, of_late(date(2026, 12, 8)).name
    ('2026-11', '2026-12')
    """
    month = the_month(today)
    return month.before if today.day <= 7 else month


def month_ends(day: date) -> date:
    """The last day of the month of a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - ONE_DAY


def _new_year(day: date) -> date:
    return date(day.year, 12, 31)
