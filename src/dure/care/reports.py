"""The report of a day as a workbook. Every figure is counted from the record; names are masked unless asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure import clock
from dure.care import counts
from dure.care.counts import Row, State, Tally
from dure.care.models import PROGRAMME, Meal
from dure.cases.models import Case, Entry, Source, Tier
from dure.cases.models import Finding as Found
from dure.duty.models import Claim, Telling
from dure.health.models import Fault
from dure.people.actions import Standing
from dure.people.masking import masked_name
from dure.sheets.tables import Value
from dure.sheets.write import Column, Page, write

Line = Sequence[Value]
STATES = {
    State.SEEN: gettext_lazy("Seen"), State.EXPLAINED: gettext_lazy("Explained"),
    State.OPEN: gettext_lazy("Still open"), State.UNCLEAR: gettext_lazy("Difference"),
}  # fmt: skip


@dataclass
class DayReport:
    """The report of one day as the record names it: `dayreport 2026-11-23`."""

    office_id: int
    ref: date


@dataclass(frozen=True)
class Shown:
    """How persons are shown: by name, or masked. What people wrote freely is only shown with names."""

    named: bool

    def name(self, name: object) -> str:
        """A person's name; empty for nobody."""
        text = str(name or "")
        return text if self.named else masked_name(text)

    def text(self, text: str) -> str:
        """What somebody wrote: it may say who is meant."""
        return text if self.named else ""


def day_report(standing: Standing, day: date, *, now: datetime, named: bool = False) -> bytes:
    """The day of all that somebody may see, as an .xlsx: summary, visits, emergencies, their time line, faults."""
    shown, tallies = Shown(named), counts.evening(standing, day)
    cases = list(_cases(standing, day))
    made = _("Made on %(moment)s.") % {"moment": f"{clock.local(now):%Y-%m-%d %H:%M}"}
    masked = _("Names are masked, and what was noted is left out.")
    names = _("With names: handle it as personal data.") if named else masked
    pages = [
        _summary(tallies, day, [made, names]),
        _visits(tallies, shown),
        _emergencies(cases, shown),
        _time_line(cases, shown),
    ]
    if standing.organisations is None:
        pages.append(_faults(standing.office, day))
    return write(pages)


def _page(name: str, titles: Iterable[str], rows: Iterable[Line], title: str = "", notes: Sequence[str] = ()) -> Page:
    return Page(name, [Column(str(each)) for each in titles], rows, title, notes)


def _summary(tallies: Sequence[Tally], day: date, notes: Sequence[str]) -> Page:
    titles = [
        _("Provider"), _("Planned visits"), _("Seen"), _("Explained"), _("Still open"), _("Difference"),
        _("Meals handed over"), _("In person"), _("In person (percent)"),
    ]  # fmt: skip
    every = [*tallies, counts.together(tallies)] if len(tallies) > 1 else tallies
    rows = [
        (
            str(t.provider or _("Together")), t.planned, t.seen, t.explained, t.open, t.difference, t.given,
            t.in_person, t.share,
        )
        for t in every
    ]  # fmt: skip
    return _page(_("Summary"), titles, rows, _("Day report %(day)s") % {"day": f"{day:%Y-%m-%d}"}, notes)


def _visits(tallies: Iterable[Tally], shown: Shown) -> Page:
    titles = [
        _("Provider"), _("Course"), _("Meal"), _("By"), _("Name"), _("Dong"), _("Risk"), _("Result"), _("Outcome"),
        _("Reason"), _("Handed over"), _("Reported"), _("Worker"),
    ]  # fmt: skip
    rows = (_visit(str(tally.provider), row, shown) for tally in tallies for row in tally.rows)
    return _page(_("Visits"), titles, rows)


def _visit(provider: str, row: Row, shown: Shown) -> Line:
    visit, recipient = row.visit, row.recipient
    outcome = visit.get_outcome_display() if visit and visit.outcome else ""
    return (
        provider,
        str(visit.course.route) if visit and visit.course else "",
        str(Meal(row.meal).label),
        _hour(visit.due_at if visit else None),
        shown.name(recipient.name),
        str(recipient.place.area or ""),
        str(Tier(recipient.tier).label),
        str(STATES[row.state]),
        str(outcome),
        row.why,
        str(visit.get_handed_display()) if visit and visit.handed else "",
        _moment(visit.reported_at if visit else None),
        shown.name(visit.worker) if visit else "",
    )


def _cases(standing: Standing, day: date) -> Iterable[Case]:
    """The emergencies that were open at any time of the day; exercises are counted apart."""
    start, end = _span(day)
    mine = Case.objects.seen_by(standing).filter(programme=PROGRAMME, opened_at__lt=end, drill=False)
    found = mine.filter(Q(closed_at=None) | Q(closed_at__gte=start))
    return found.select_related("area", "organisation", "closed_by").order_by("opened_at", "id")


def _emergencies(cases: Sequence[Case], shown: Shown) -> Page:
    titles = [
        _("Emergency"), _("Risk"), _("Dong"), _("Name"), _("Provider"), _("Reported by"), _("Opened"),
        _("Told"), _("Taken on"), _("On the way"), _("Person seen"), _("119 called"), _("Family told"), _("Closed"),
        _("Finding"), _("Closed by"), _("Minutes until told"), _("Minutes until taken on"), _("Minutes until seen"),
    ]  # fmt: skip
    told, claimed = first_told(cases), first_claimed(cases)
    rows = (_emergency(case, told.get(case.ref), claimed.get(case.ref), shown) for case in cases)
    return _page(_("Emergencies"), titles, rows)


def _emergency(case: Case, told: datetime | None, claimed: datetime | None, shown: Shown) -> Line:
    times = (told, claimed, case.going_at, case.seen_at, case.called_119_at, case.family_told_at, case.closed_at)
    return (
        case.number,
        str(Tier(case.tier).label),
        str(case.area or ""),
        shown.name(case.card.get("name")),
        str(case.organisation or ""),
        str(Source(case.source).label),
        _moment(case.opened_at),
        *map(_moment, times),
        str(Found(case.finding).label) if case.finding else "",
        shown.name(case.closed_by),
        *(_minutes(case.opened_at, at) for at in (told, claimed, case.seen_at)),
    )


def first_told(cases: Iterable[Case]) -> dict[UUID, datetime]:
    """When the first person was told of each emergency, or of the missing report that it began with."""
    by_ref = {ref: case.ref for case in cases for ref in (case.ref, case.about) if ref}
    mine = Telling.objects.filter(Q(duty__kind__startswith="case.") | Q(duty__kind__in=["care.visit", "care.call"]))
    first = mine.filter(duty__about__in=by_ref).values_list("duty__about").annotate(first=Min("at"))
    found: dict[UUID, datetime] = {}
    for about, at in first:
        if about:
            found[by_ref[about]] = min(at, found.get(by_ref[about], at))
    return found


def first_claimed(cases: Iterable[Case]) -> dict[UUID, datetime]:
    """When somebody first took each emergency on."""
    first = Claim.objects.filter(duty__about__in=[case.ref for case in cases]).values_list("duty__about")
    return {about: at for about, at in first.annotate(first=Min("at")) if about}


def _time_line(cases: Sequence[Case], shown: Shown) -> Page:
    titles = [_("Emergency"), _("When"), _("Entered"), _("What"), _("Who"), _("Entered by"), _("Note")]
    entries = Entry.objects.filter(case__in=cases).select_related("case", "by").order_by("case__opened_at", "at", "id")
    rows = (
        (
            entry.case.number, _moment(entry.at), _moment(entry.written_at), str(entry.get_step_display()),
            shown.name(entry.who), shown.name(entry.by), shown.text(entry.note),
        )
        for entry in entries
    )  # fmt: skip
    return _page(_("Time line"), titles, rows)


def _faults(office: int, day: date) -> Page:
    start, end = _span(day)
    of_us = Fault.objects.filter(Q(office=office) | Q(office=None), first_at__lt=end)
    found = of_us.filter(Q(mended_at=None) | Q(mended_at__gte=start)).order_by("first_at", "id")
    titles = [_("First"), _("Last"), _("How often"), _("What has to be mended"), _("Mended")]
    rows = (
        (_moment(f.first_at), _moment(f.last_at), f.times, _(f.what) % f.values, _moment(f.mended_at)) for f in found
    )
    return _page(_("Faults"), titles, rows)


def _span(day: date) -> tuple[datetime, datetime]:
    """From the beginning of a day to the beginning of the next, where the office is."""
    start, end = (datetime.combine(each, time(), clock.zone()) for each in (day, day + timedelta(days=1)))
    return start, end


def _moment(moment: datetime | None) -> datetime | None:
    """A moment as a workbook keeps it: local, without a zone."""
    return clock.local(moment).replace(tzinfo=None) if moment else None


def _hour(moment: datetime | None) -> time | None:
    return clock.local(moment).time().replace(second=0, microsecond=0) if moment else None


def _minutes(since: datetime, until: datetime | None) -> int | None:
    return max(round((until - since).total_seconds() / 60), 0) if until else None
