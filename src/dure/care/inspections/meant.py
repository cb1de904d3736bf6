"""What an inspection is about, and what each part of its papers says."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from dure import clock
from dure.care.figures.asked import Asked
from dure.care.figures.page import Figures, figures
from dure.care.models import Recipient
from dure.offices.acting import acting
from dure.people.actions import Standing
from dure.people.masking import masked_name
from dure.people.models import Organisation
from dure.sheets.paper import Align, Column, Table
from dure.sheets.tables import Value

NAMED = 8  # so many names stand in one sentence
Rows = Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Meant:
    """Which providers (the one chosen, or all that somebody may see), which days, and who asks when."""

    standing: Standing
    asked: Asked
    providers: Sequence[Organisation]
    now: datetime

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return clock.local(self.now).date()

    @property
    def last(self) -> date:
        """The last day of which something can be known."""
        return min(self.asked.last, self.today)

    @property
    def over(self) -> date:
        """The last of these days that is over; before the first when none is."""
        return min(self.asked.last, self.today - timedelta(days=1))

    @property
    def many(self) -> bool:
        """Whether it is about more than one provider."""
        return len(self.providers) > 1

    @property
    def keys(self) -> list[int]:
        """The providers' keys."""
        return [each.pk for each in self.providers]

    @cached_property
    def figures(self) -> Figures:
        """The figures of these days: what an inspection counts is what their page counts."""
        return figures(self.standing, self.asked, self.now)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        """Every recipient's name as it may stand in a sentence."""
        with acting(self.standing.office):
            names = Recipient.objects.filter(office=self.standing.office).values_list("name", flat=True)
        return names_in({name.strip() for name in names})

    def written(self, text: str) -> str:
        """What somebody wrote freely, for strangers to read: a recipient whom it names is masked."""
        return self._names.sub(lambda found: masked_name(found[0]), text) if self._names else text

    def whose(self, provider: Organisation | str) -> list[Value]:
        """The cell that names a provider, where there is more than one."""
        return [str(provider)] if self.many else []

    def whose_column(self, width: float = 1.6) -> list[Column]:
        """Its column."""
        return [Column(_("Provider"), width)] if self.many else []


@dataclass(frozen=True)
class Part:
    """One part: how much there is, what is missing or lapsed, and the tables that say all of it."""

    key: str
    title: str
    says: str
    lacks: Sequence[str] = ()
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()
    page: str = ""  # where it stands among our pages
    kept: bool = True  # no: Dure keeps nothing of it yet


def names_in(names: Collection[str]) -> re.Pattern[str] | None:
    """What finds these names in a text: three letters anywhere, two only where no other word goes on with them.

    >>> found = names_in(["홍길동", "이수"])
    >>> found.findall("홍길동님과 이수 어르신, 위생교육 이수율") if found else []
    ['홍길동', '이수']
    """
    known = sorted((re.escape(name) for name in names if len(name) > 1), key=len, reverse=True)
    ends = r"(?=\s|[^가-힣]|$|님|씨|어르신)"
    alternatives = [name if len(name) > 2 else f"(?<![가-힣]){name}{ends}" for name in known]
    return re.compile("|".join(alternatives)) if alternatives else None


def table(columns: Sequence[Column], rows: Rows, title: str = "", totals: int = 0) -> Table:
    """A table of a part, called as the part if nothing else is said; one without rows says that there is nothing."""
    none: list[list[Value]] = [[_("none in these days"), *([None] * (len(columns) - 1))]]
    return Table(columns, rows or none, title=title, totals=totals if rows else 0)


def number(title: object, width: float = 1) -> Column:
    """A column of numbers."""
    return Column(str(title), width, Align.RIGHT)


def middle(title: object, width: float = 1) -> Column:
    """A column of days or marks."""
    return Column(str(title), width, Align.CENTER)


def listed(names: Sequence[str]) -> str:
    """Some names in a sentence, and how many more there are."""
    first = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return _("%(names)s and %(n)s more") % {"names": first, "n": more} if more > 0 else first


def span(since: date, until: date) -> str:
    """Days as people write them: one day, or from a day to a day."""
    return f"{since:%Y-%m-%d}" if since == until else f"{since:%Y-%m-%d} ~ {until:%Y-%m-%d}"
