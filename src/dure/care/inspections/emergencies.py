"""Emergencies of these days: how soon somebody knew, went and saw the person, in figures only."""

from datetime import timedelta

from django.utils.translation import gettext as _

from dure import clock
from dure.care.figures.emergencies import TIMES, Emergency
from dure.care.figures.times import minutes
from dure.care.inspections.meant import Meant, Part, middle, number, table
from dure.sheets.paper import Column, Table
from dure.sheets.tables import Value


def part(meant: Meant) -> Part:
    """Each emergency by its number with its times in minutes; nobody is named, and exercises are in none of them."""
    found, whole = meant.figures.found, meant.figures.whole
    says = _("%(n)s emergencies; seen within 45 minutes %(seen)s of %(of)s") % {
        "n": len(found), "seen": whole["seen_45"], "of": whole["to_see"],
    }  # fmt: skip
    notes = [_("Minutes from when the person first couldn't be reached. Exercises, not counted here: %(n)s") % {
        "n": meant.figures.exercises}]  # fmt: skip
    tables = [_table(meant), _took(meant)]
    return Part("emergencies", _("Emergencies"), says, _lacks(meant), notes, tables, "cases")


def _lacks(meant: Meant) -> list[str]:
    whole, said = meant.figures.whole, []
    if n := whole["over_90"]:
        said.append(_("Seen after more than 90 minutes, or not yet: %(n)s") % {"n": n})
    if n := whole["unclaimed"]:
        said.append(_("Taken on by nobody by name: %(n)s") % {"n": n})
    if n := whole["still_open"]:
        said.append(_("Not closed: %(n)s") % {"n": n})
    return said


def _table(meant: Meant) -> Table:
    names = {each.pk: str(each) for each in meant.providers}
    columns = [
        middle(_("Number"), 1), middle(_("Began"), 1.5), *meant.whose_column(1.5),
        *(number(each.name, 0.9) for each in TIMES), Column(_("How it ended"), 1.6), middle(_("Closed"), 1.5),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            each.case.number, clock.local(each.began).replace(tzinfo=None),
            *meant.whose(names.get(each.case.organisation_id or 0, "—")), *(_minutes(each, time.key) for time in TIMES),
            str(each.case.get_finding_display()) or _("open"),
            clock.local(each.case.closed_at).replace(tzinfo=None) if each.case.closed_at else None,
        ]
        for each in reversed(meant.figures.found)
    ]  # fmt: skip
    return table(columns, rows, _("Each emergency, times in minutes"))


def _minutes(each: Emergency, what: str) -> int | None:
    took = each.took(what)
    return None if took is None else int(minutes(max(took, timedelta())).replace(",", ""))


def _took(meant: Meant) -> Table:
    """The middle and the longest of these times; none of fewer than five."""
    columns = [
        Column(_("Name of the number"), 2), number(_("How many")), number(_("Half within (minutes)")),
        number(_("Nine in ten within (minutes)")), number(_("19 in 20 within (minutes)")),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [str(took.measure.name), took.times.n, *took.percentiles] for took in meant.figures.whole_times.took
    ]
    return table(columns, rows, _("How long it took"))
