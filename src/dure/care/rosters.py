"""Who answers now and tonight, and putting people on a roster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care.models import Visit
from dure.errors import Refused
from dure.people.actions import Standing, on_shift
from dure.people.models import Membership, Person, Role, Roster, Shift

LATE = time(23)  # "tonight"
AHEAD = timedelta(days=8)
LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class Line:
    """One roster: who answers now, who tonight, and the shifts to come."""

    roster: Roster
    now: Sequence[Person]
    tonight: Sequence[Person]
    shifts: Sequence[Shift]


def seen_by(standing: Standing) -> QuerySet[Roster]:
    """The rosters that somebody may see: those of the own organisations, or all of the office."""
    mine = Roster.objects.filter(office=standing.office, retired_at=None)
    if standing.organisations is not None:
        mine = mine.filter(organisation__in=standing.organisations)
    return mine


def tonight(now: datetime) -> datetime:
    """The moment for which a roster is looked at in the evening."""
    return max(now, datetime.combine(clock.local(now).date(), LATE, clock.zone()))


def lines(rosters: QuerySet[Roster], now: datetime) -> list[Line]:
    """Each roster with who answers, in a fixed number of queries."""
    coming = Shift.objects.filter(ends_at__gt=now, starts_at__lt=now + AHEAD).select_related("person")
    found = list(
        rosters.select_related("organisation")
        .prefetch_related(Prefetch("shifts", queryset=coming))
        .order_by("organisation__kind", "organisation__name", "name")
    )
    here, late = on_shift([r.pk for r in found], now), on_shift([r.pk for r in found], tonight(now))
    wanted = {p for each in (here, late) for people in each.values() for p in people}
    named = {p.pk: p for p in Person.objects.filter(pk__in=wanted)}
    return [
        Line(r, [named[p] for p in here[r.pk]], [named[p] for p in late[r.pk]], list(r.shifts.all())) for r in found
    ]


@transaction.atomic
def put_on(shifts: Iterable[Shift], *, by: Person, now: datetime) -> None:
    """Put somebody on a roster from a moment to a moment."""
    for shift in shifts:
        if shift.ends_at <= shift.starts_at:
            raise Refused(_("The end has to be after the beginning."))
        if shift.ends_at <= now:
            raise Refused(_("This shift is over already. Look at the day."))
        if shift.ends_at - shift.starts_at > LONGEST:
            raise Refused(_("A shift is at most 31 days long."))
        same = Shift.objects.filter(roster=shift.roster, person=shift.person, starts_at=shift.starts_at)
        if same.exists():
            raise Refused(_("%(person)s stands there already.") % {"person": shift.person})
        shift.save()
        note(at=now, who=by, did="put on a roster", about=shift.roster, why=str(shift.person.ref))


@transaction.atomic
def take_off(shift: Shift, *, by: Person, now: datetime) -> None:
    """Take a shift back. One that has begun ends now, so that it stays known who answered until then."""
    if shift.ends_at <= now:
        raise Refused(_("This shift is over already."))
    if shift.starts_at < now:
        shift.ends_at = now
        shift.save(update_fields=["ends_at"])
    else:
        shift.delete()
    note(at=now, who=by, did="taken off a roster", about=shift.roster, why=str(shift.person.ref))


def workers(visit: Visit) -> QuerySet[Person]:
    """Who works for the visit's provider on its day."""
    held = Membership.objects.on(visit.day).filter(organisation=visit.provider_id, role=Role.WORKER)
    return Person.objects.filter(pk__in=held.values("person"), left_at=None).order_by("name", "id")
