"""The charts of the figures, each with the same numbers as a table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from dure import clock
from dure.care.figures.asked import Asked
from dure.care.figures.charts import Bar, bars
from dure.care.figures.emergencies import SEEN_GOALS, Emergency
from dure.care.figures.times import percent
from dure.care.figures.visits import Bucket

LIMITS = (15, 30, 45, 60, 90, 120)  # minutes
GOALS = {int(limit.total_seconds() // 60): goal for limit, goal in SEEN_GOALS.values()}  # percent by minutes


@dataclass(frozen=True)
class Chart:
    """A picture, what its parts mean, and its numbers as a table."""

    key: str
    title: str
    svg: str
    parts: Sequence[str]  # names of the parts, from below
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    goal: str = ""


def charts(asked: Asked, handed: Sequence[Bucket], found: Sequence[Emergency]) -> list[Chart]:
    """All charts that show something."""
    made = [_handed(asked, handed), _opened(asked, found), _seen(found)]
    return [each for each in made if each]


def _handed(asked: Asked, handed: Sequence[Bucket]) -> Chart | None:
    if len(handed) < 2:
        return None
    by_day = {each.day: each for each in handed}
    handed = [by_day.get(day, Bucket(day, 0, 0)) for day in _days(asked, max(by_day))]
    title, parts = _("How meals were handed over"), [_("In person"), _("To somebody else or at the door")]
    says = _("%(n)s meals handed over, %(mine)s of them in person.") % {
        "n": f"{sum(b.in_person + b.otherwise for b in handed):,}", "mine": f"{sum(b.in_person for b in handed):,}",
    }  # fmt: skip
    svg = bars("handed", title, says, [Bar(_day(asked, b.day), (b.in_person, b.otherwise)) for b in handed])
    rows = [
        (_day(asked, b.day), f"{b.in_person:,}", f"{b.otherwise:,}", _percent(b.in_person, b.in_person + b.otherwise))
        for b in handed
    ]
    return Chart("handed", title, svg, parts, [_("Day or month"), *parts, _("In person (percent)")], rows)


def _opened(asked: Asked, found: Sequence[Emergency]) -> Chart | None:
    every: Counter[date] = Counter(_bucket(asked, each) for each in found)
    quiet: Counter[date] = Counter(_bucket(asked, each) for each in found if each.by_phone)
    if len(every) < 2:
        return None
    title, parts = _("Emergencies"), [_("Settled without anybody going"), _("All others")]
    says = _("%(n)s emergencies, %(quiet)s of them settled without anybody going.") % {
        "n": f"{len(found):,}", "quiet": f"{quiet.total():,}",
    }  # fmt: skip
    days = _days(asked, max(every))
    svg = bars("opened", title, says, [Bar(_day(asked, d), (quiet[d], every[d] - quiet[d])) for d in days])
    rows = [(_day(asked, d), f"{quiet[d]:,}", f"{every[d] - quiet[d]:,}") for d in days]
    return Chart("opened", title, svg, parts, [_("Day or month"), *parts], rows)


def _seen(found: Sequence[Emergency]) -> Chart | None:
    """Of those to be seen: what share was seen within so many minutes."""
    meant = [each for each in found if each.to_see]
    if not meant:
        return None
    within = {limit: sum(e.seen_within(timedelta(minutes=limit)) for e in meant) for limit in LIMITS}
    title, parts = _("Within how many minutes the person was seen"), [_("Seen (percent)")]
    says = _("Of %(n)s persons %(a)s were seen within 45 minutes and %(b)s within 60.") % {
        "n": f"{len(meant):,}", "a": f"{within[45]:,}", "b": f"{within[60]:,}",
    }  # fmt: skip
    shown = [
        Bar(_("%(n)s min") % {"n": limit}, (percent(n, len(meant)) or 0.0,), GOALS.get(limit))
        for limit, n in within.items()
    ]
    rows = [
        (_("%(n)s min") % {"n": limit}, f"{n:,}", _percent(n, len(meant)), f"{GOALS[limit]}%" if limit in GOALS else "")
        for limit, n in within.items()
    ]
    columns = [_("Within"), _("Persons"), *parts, _("Goal")]
    return Chart("seen", title, bars("seen", title, says, shown, top=100), parts, columns, rows, goal=_("Goal"))


def _days(asked: Asked, last: date) -> list[date]:
    """The days or months until the last on which there is something: a quiet one is a gap, not left out."""
    if not asked.monthly:
        return [asked.first + timedelta(days=n) for n in range((last - asked.first).days + 1)]
    first = asked.first.replace(day=1)
    months = (last.year - first.year) * 12 + last.month - first.month
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(months + 1)
    ]


def _bucket(asked: Asked, each: Emergency) -> date:
    day = clock.local(each.case.opened_at).date()
    return day.replace(day=1) if asked.monthly else day


def _day(asked: Asked, day: date) -> str:
    if not asked.monthly:
        return f"{day:%m-%d}"
    return f"{day:%Y-%m}" if asked.first.year != asked.last.year else _("month %(n)s") % {"n": day.month}


def _percent(part: int, whole: int) -> str:
    share = percent(part, whole)
    return "—" if share is None else f"{share}%"
