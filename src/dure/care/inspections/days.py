"""Visits day by day, and the days that weren't like others: closed days, holidays, warnings, days without a visit."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from dure import clock
from dure.care.calls.models import WeatherWarning
from dure.care.figures import visits as counted
from dure.care.figures.tables import Counts
from dure.care.figures.times import percent
from dure.care.inspections.meant import Meant, Part, listed, middle, number, span, table
from dure.care.models import Closure, Visit
from dure.cases.hours import is_working_day, public_holidays
from dure.offices.acting import acting
from dure.sheets.paper import Column, Table
from dure.sheets.tables import Value

SHOWN = (
    "planned", "seen_well", "seen_with_concern", "known_safe", "no_reply", "not_attempted", "excused", "unreported",
    "given", "in_person", "proxy", "at_door", "refused", "not_handed",
)  # fmt: skip
ONE = timedelta(days=1)


def visits(meant: Meant) -> Part:
    """What became of each day's visits, and how many meals were handed over in person."""
    by_day, whole = _by_day(meant), meant.figures.whole
    share = percent(whole["in_person"], whole["given"])
    says = _("%(planned)s visits on %(days)s days; %(given)s meals handed over, in person %(share)s") % {
        "planned": f"{whole['planned']:,}", "days": len(by_day), "given": f"{whole['given']:,}",
        "share": "—" if share is None else f"{share}%",
    }  # fmt: skip
    lacks = []
    left = sum(counts["unreported"] for day, counts in by_day.items() if day <= meant.over)
    if left:
        lacks.append(_("Visits of days that are over of which nothing was reported: %(n)s") % {"n": f"{left:,}"})
    if whole["not_attempted"]:
        lacks.append(_("Not visited, with the reason on record: %(n)s") % {"n": f"{whole['not_attempted']:,}"})
    if n := whole["gap_never_opened"]:
        lacks.append(_("Planned meals of which no visit stands in the record: %(n)s") % {"n": f"{n:,}"})
    notes = [_("Of several reports of a visit the gravest counts. The share in person is that of the meals given.")]
    tables = [_table(by_day, whole), _not_given(meant)]
    return Part("visits", _("Visits by day"), says, lacks, notes, tables, "care:visits")


def _by_day(meant: Meant) -> dict[date, Counts]:
    return counted.by_day(meant.standing, meant.asked.until(meant.today))


def _table(by_day: Mapping[date, Counts], whole: Counts) -> Table:
    names = {each.key: each.name for each in counted.COUNTED}
    columns = [
        middle(_("Day"), 1.5), *(number(names[key], 0.9) for key in SHOWN), number(_("Share in person"), 0.9)
    ]  # fmt: skip
    rows: list[list[Value]] = [[day, *_cells(counts)] for day, counts in by_day.items()]
    together: list[Value] = [_("In all"), *_cells(whole)]
    return table(columns, [*rows, together] if rows else [], totals=1)


def _not_given(meant: Meant) -> Table:
    """Planned meals that weren't given, by reason, as the figures count them."""
    columns = [Column(_("Reason"), 4), number(_("Meals"), 1)]
    rows: list[list[Value]] = [[str(each.name), cell.value] for each, cell in meant.figures.table("gaps").pairs]
    return table(columns, rows, _("Meals not given"))


def _cells(counts: Counts) -> list[Value]:
    share = percent(counts["in_person"], counts["given"])
    return [*(counts[key] for key in SHOWN), "" if share is None else f"{share}%"]


def different(meant: Meant) -> Part:
    """Closed days, holidays, heat and cold warnings; and working days on which nobody was visited."""
    rows, empty = _rows(meant), _without_visits(meant)
    lacks = []
    if empty:
        days = listed([f"{day:%Y-%m-%d}" for day in empty])
        lacks.append(_("Working days without any visit and without a closed day on record: %(days)s") % {"days": days})
    columns = [middle(_("Day"), 1.6), Column(_("What was different"), 4), Column(_("For whom"), 2)]
    says = _("%(n)s entries") % {"n": len(rows)}
    title = _("Days that differ")
    return Part("days", title, says, lacks, (), [table(columns, rows)], "care:calendar")


def _closures(meant: Meant) -> list[Closure]:
    mine = Closure.objects.filter(office=meant.standing.office, day__range=(meant.asked.first, meant.last))
    mine = mine.filter(Q(provider=None) | Q(provider__in=meant.keys))
    return list(mine.select_related("provider").order_by("day", "provider__name"))


def _rows(meant: Meant) -> list[list[Value]]:
    """Every such day or span of days, in order."""
    found: list[tuple[date, list[Value]]] = []
    everywhere = _("all of the office")
    for each in _closures(meant):
        what = _("Meals are brought all the same") if each.serves else _("No meals on this day")
        said = f"{what}: {meant.written(each.why)}"
        if each.double_before:
            said += " · " + _("two meals the day before")
        found.append((each.day, [f"{each.day}", said, str(each.provider or everywhere)]))
    day = meant.asked.first
    while day <= meant.last:
        if name := public_holidays(day.year).get(day):
            found.append((day, [f"{day}", _("Public holiday: %(name)s") % {"name": name}, everywhere]))
        day += ONE
    for warning in _warnings(meant):
        ended = clock.local(warning.ended_at).date() if warning.ended_at else warning.until
        until = max(warning.first_day, min(ended, warning.until))
        found.append((warning.first_day, [span(warning.first_day, until), str(warning), everywhere]))
    return [row for _day, row in sorted(found, key=lambda each: each[0])]


def _warnings(meant: Meant) -> list[WeatherWarning]:
    mine = WeatherWarning.objects.filter(office=meant.standing.office, first_day__lte=meant.last)
    return list(mine.filter(until__gte=meant.asked.first).order_by("first_day", "pk"))


def _without_visits(meant: Meant) -> list[date]:
    """Working days that are over, between the providers' first visit and their last, on which they visited nobody."""
    with acting(meant.standing.office):
        known = Visit.objects.filter(provider__in=meant.keys).aggregate(first=Min("day"), last=Max("day"))
    if known["first"] is None:
        return []
    there = {day for day, counts in _by_day(meant).items() if counts["planned"]}
    closed = {each.day for each in _closures(meant) if not each.serves}
    day, last, found = max(meant.asked.first, known["first"]), min(meant.over, known["last"]), []
    while day <= last:
        if is_working_day(day) and day not in there | closed:
            found.append(day)
        day += ONE
    return found
