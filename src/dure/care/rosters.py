"""Who answers now and tonight, and putting people on a roster."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care.days import calendar, public_holidays
from dure.care.models import Visit
from dure.errors import Refused
from dure.people import actions as people
from dure.people import rotas, stand_ins
from dure.people.actions import WHOLE_OFFICE, Standing
from dure.people.models import Membership, Organisation, Person, Role, Roster, Shift, ShiftNote, StandIn
from dure.people.rota import IsHoliday

LATE = time(23)  # "tonight"
AHEAD = timedelta(days=8)
LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class Line:
    """One roster: who answers now, when that changes and who then, who tonight, and what was left to the next."""

    roster: Roster
    now: Sequence[Person]
    tonight: Sequence[Person]
    changes_at: datetime | None
    then: Sequence[Person]
    notes: Sequence[ShiftNote]


def seen_by(standing: Standing) -> QuerySet[Roster]:
    """The rosters that somebody may see: those of the own organisations, or all of the office."""
    mine = Roster.objects.filter(office=standing.office, retired_at=None)
    if standing.organisations is not None:
        mine = mine.filter(organisation__in=standing.organisations)
    return mine


def tonight(now: datetime) -> datetime:
    """The moment for which a roster is looked at in the evening."""
    return max(now, datetime.combine(clock.local(now).date(), LATE, clock.zone()))


def end_of_tomorrow(now: datetime) -> datetime:
    """Midnight after tomorrow: so far tonight and the next day are looked at."""
    return datetime.combine(clock.local(now).date() + timedelta(days=2), time(), clock.zone())


def lines(rosters: QuerySet[Roster], now: datetime) -> list[Line]:
    """Each roster with who answers, in a fixed number of queries."""
    soon = Shift.objects.filter(ends_at__gt=now, starts_at__lt=now + AHEAD)
    coming = people.still_there(soon, clock.local(now).date())
    notes = ShiftNote.objects.filter(done_at=None).select_related("by")
    found = list(
        rosters.select_related("organisation")
        .prefetch_related(Prefetch("shifts", queryset=coming.select_related("person").order_by("place", "id")))
        .prefetch_related(Prefetch("notes", queryset=notes))
        .order_by("organisation__kind", "organisation__name", "name")
    )
    return [_line(roster, list(roster.shifts.all()), now) for roster in found]


def _line(roster: Roster, shifts: Sequence[Shift], now: datetime) -> Line:
    here = _on(shifts, now)
    moments = sorted({at for shift in shifts for at in (shift.starts_at, shift.ends_at) if at > now})
    changes_at = next((at for at in moments if _on(shifts, at) != here), None)
    then = _on(shifts, changes_at) if changes_at else []
    return Line(roster, here, _on(shifts, tonight(now)), changes_at, then, list(roster.notes.all()))


def _on(shifts: Iterable[Shift], at: datetime) -> list[Person]:
    """Who answers at a moment, in the order in which they are told."""
    return list(dict.fromkeys(shift.person for shift in shifts if shift.starts_at <= at < shift.ends_at))


def holidays(roster: Roster, now: datetime) -> IsHoliday:
    """Which days are holidays for a roster: public ones, those of the office, and those of its own provider."""
    today = clock.local(now).date()
    days = calendar(roster.office_id, today - rotas.LOOK_BACK, today + rotas.AHEAD)
    if roster.organisation.kind == Organisation.Kind.PROVIDER:
        return lambda day: bool(days.why_closed(roster.organisation_id, day))
    return lambda day: day in public_holidays(day.year) or bool(days.why_closed(0, day))


def write(roster: Roster, now: datetime) -> int:
    """Write a roster's shifts ahead, as its weekly rotas and stand-ins say."""
    return rotas.write(roster, holidays(roster, now), now=now)


def write_all(office: int, now: datetime) -> int:
    """Write the shifts of every roster of an office ahead; how many rows were changed."""
    with_rota = Roster.objects.filter(office=office, retired_at=None, rotas__isnull=False).distinct()
    return sum(write(roster, now) for roster in with_rota.select_related("organisation").order_by("pk"))


def could_answer(roster: Roster) -> QuerySet[Person]:
    """Who can stand on a roster today."""
    return people.could_answer(roster, clock.today())


def able(rosters: Collection[Roster]) -> dict[Roster, set[Person]]:
    """Who can stand on each of these rosters, as `could_answer` says of one; in one query."""
    held = Membership.objects.on(clock.today()).filter(office__in={r.office_id for r in rosters}, person__left_at=None)
    found: dict[Roster, set[Person]] = {roster: set() for roster in rosters}
    for each in held.exclude(role=Role.WORKER).select_related("person"):
        for roster in rosters:
            office = roster.organisation.kind == Organisation.Kind.OFFICE and each.role in WHOLE_OFFICE
            if office or each.organisation_id == roster.organisation_id:
                found[roster].add(each.person)
    return found


@transaction.atomic
def put_on(shifts: Sequence[Shift], *, by: Person, now: datetime) -> None:
    """Put somebody on a roster from a moment to a moment."""
    for shift in shifts:
        if shift.ends_at <= shift.starts_at:
            raise Refused(_("The end has to be after the beginning."))
        if shift.ends_at <= now:
            raise Refused(_("This shift is over already. Look at the day."))
        if shift.ends_at - shift.starts_at > LONGEST:
            raise Refused(_("A shift is at most 31 days long."))
        _not_there(shift)
        stand_ins.free(shift.person, shift.roster, shift.starts_at, shift.ends_at)
        shift.save()
        note(at=now, who=by, did="put on a roster", about=shift.roster, why=str(shift.person.ref))
    for roster in {shift.roster for shift in shifts}:
        write(roster, now)


def _not_there(shift: Shift) -> None:
    """Nobody stands on a roster twice at one time."""
    there = Shift.objects.filter(roster=shift.roster, person=shift.person)
    same = there.filter(starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at).first()
    if same:
        since, until = (f"{clock.local(each):%m-%d %H:%M}" for each in (same.starts_at, same.ends_at))
        said = {"person": shift.person, "since": since, "until": until}
        raise Refused(_("%(person)s stands there already, from %(since)s to %(until)s.") % said)


@transaction.atomic
def take_off(shift: Shift, *, by: Person, now: datetime) -> None:
    """Take a shift back. One that has begun ends now, so that it stays known who answered until then."""
    if shift.ends_at <= now:
        raise Refused(_("This shift is over already."))
    if shift.rota_id:
        nobody = StandIn(
            office_id=shift.office_id, roster=shift.roster, off=shift.person, since=shift.starts_at, until=shift.ends_at
        )
        stand_ins.put_in(nobody, holidays(shift.roster, now), by=by, now=now)
        return
    rotas.take_off([shift], now=now)
    note(at=now, who=by, did="taken off a roster", about=shift.roster, why=str(shift.person.ref))
    write(shift.roster, now)


def leave_note(roster: Roster, text: str, *, by: Person, now: datetime) -> ShiftNote:
    """What one shift leaves to the next; shown until somebody says that it is done with."""
    left = ShiftNote.objects.create(office_id=roster.office_id, roster=roster, text=text, at=now, by=by)
    note(at=now, who=by, did="left a note", about=roster)
    return left


@transaction.atomic
def done_with(left: ShiftNote, *, by: Person, now: datetime) -> None:
    """A note is done with."""
    left = ShiftNote.objects.select_for_update(no_key=True).get(pk=left.pk)
    if left.done_at is None:
        left.done_at, left.done_by = now, by
        left.save(update_fields=["done_at", "done_by"])
        note(at=now, who=by, did="did with a note", about=left.roster)


def workers(visit: Visit) -> QuerySet[Person]:
    """Who works for the visit's provider on its day."""
    held = Membership.objects.on(visit.day).filter(organisation=visit.provider_id, role=Role.WORKER)
    return Person.objects.filter(pk__in=held.values("person"), left_at=None).order_by("name", "id")
