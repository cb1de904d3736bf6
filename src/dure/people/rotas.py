"""Weekly rotas and who stands in, and writing both ahead as shifts: the only thing that telling reads."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.people.actions import could_answer
from dure.people.models import Person, Roster, Rota, Shift, StandIn, Turn
from dure.people.rota import DAY, Change, IsHoliday, Pattern, Span, changed, cut, once, spans

AHEAD = timedelta(weeks=8)
LOOK_BACK = timedelta(days=2)  # no shift of a rota is longer than a day


def hold(roster: Roster) -> None:
    """Nobody else changes the shifts of this roster until the transaction ends."""
    Roster.objects.select_for_update(no_key=True).get(pk=roster.pk)


@transaction.atomic
def begin(rota: Rota, weeks: Sequence[Sequence[Person]], *, by: Person, now: datetime) -> Rota:
    """From a day on a part of the week comes again, with these people in turn, in their order."""
    if not weeks or not all(weeks):
        raise Refused(_("Name somebody for every week in turn."))
    hold(rota.roster)
    rota.made_at, rota.made_by = now, by
    rota.save()
    Turn.objects.bulk_create(
        Turn(office_id=rota.office_id, rota=rota, week=week, place=place, person=person)
        for week, people in enumerate(weeks)
        for place, person in enumerate(people)
    )
    note(at=now, who=by, did="began a weekly rota", about=rota.roster, why=str(rota.ref))
    return rota


@transaction.atomic
def end(rota: Rota, day: date, *, by: Person, now: datetime) -> None:
    """From this day on nothing is written any more; ended as of today, today's shift that runs is over now.

    What was changed by hand stays, and so does what began before that day.
    """
    hold(rota.roster)
    rota.refresh_from_db()
    if day < clock.local(now).date():
        raise Refused(_("This day is over. A weekly rota ends today at the earliest."))
    if rota.until and rota.until <= day:
        raise Refused(_("This weekly rota ends before that day already."))
    rota.until = max(day, rota.since)
    rota.save(update_fields=["until"])
    note(at=now, who=by, did="ended a weekly rota", about=rota.roster, why=str(rota.ref))


@transaction.atomic
def write(roster: Roster, is_holiday: IsHoliday, *, now: datetime) -> int:
    """Write the shifts of the next eight weeks as the rotas and the stand-ins say; how many rows were changed.

    Safe to run at any time and again. Shifts put on by hand are never touched, nor is what has been.
    """
    hold(roster)
    rows = list(Shift.objects.filter(roster=roster, ends_at__gt=now - LOOK_BACK))
    taken = [_span(row) for row in rows if row.rota_id is None]
    written = {_key(row.person_id, row.starts_at, now): row for row in rows if row.rota_id and row.ends_at > now}
    wanted = {_key(s.person, s.starts, now): s for s in once(_said(roster, is_holiday, now), taken) if s.ends > now}
    gone = [row for key, row in written.items() if key not in wanted]
    other = [row for key, row in written.items() if key in wanted and _take_on(row, wanted[key])]
    new = [
        Shift(
            office_id=roster.office_id, roster=roster, person_id=s.person, rota_id=s.rota, place=s.place,
            starts_at=max(s.starts, now), ends_at=s.ends,
        )
        for key, s in wanted.items() if key not in written
    ]  # fmt: skip
    take_off(gone, now=now)
    Shift.objects.bulk_update(other, ["ends_at", "place", "rota"])
    Shift.objects.bulk_create(new)
    return len(gone) + len(other) + len(new)


def take_off(shifts: Iterable[Shift], *, now: datetime) -> None:
    """Take shifts away; one that has begun ends now, so that it stays known who answered until then."""
    for shift in shifts:
        if shift.starts_at < now:
            shift.ends_at = now
            shift.save(update_fields=["ends_at"])
        else:
            shift.delete()


def apply_to_hand_made(stand_in: StandIn) -> None:
    """A stand-in changes shifts that were put on by hand once and for all; those of rotas are written anew."""
    roster, change = stand_in.roster, _change(stand_in)
    rows = list(Shift.objects.filter(roster=roster, ends_at__gt=change.since, starts_at__lt=change.until))
    mine = [row for row in rows if row.rota_id is None]
    pieces = [piece for row in mine for piece in cut(_span(row), change)]
    if change.off is None and change.on is not None:
        pieces.append(Span(change.on, 0, change.since, change.until))
    stays = {(row.person_id, row.starts_at): row for row in mine}
    for piece in once(pieces):
        row = stays.pop((piece.person, piece.starts), None)
        if row is None:
            row = Shift(office_id=roster.office_id, roster=roster, person_id=piece.person, starts_at=piece.starts)
            _make_room(rows, piece)
        row.ends_at, row.place = piece.ends, piece.place
        row.save()
    for row in stays.values():
        row.delete()


def _make_room(rows: Iterable[Shift], piece: Span) -> None:
    """A row that a rota wrote for the same person and moment goes: what is put on by hand comes first."""
    for row in rows:
        if row.rota_id and (row.person_id, row.starts_at) == (piece.person, piece.starts):
            row.delete()


def _said(roster: Roster, is_holiday: IsHoliday, now: datetime) -> list[Span]:
    """What the rotas and the stand-ins say about the days from the last nights to the next eight weeks.

    Who works elsewhere by now answers no more; who stands in for them does.
    """
    today = clock.local(now).date()
    said = StandIn.objects.filter(roster=roster, agreed=True, until__gt=now - LOOK_BACK)
    live = Rota.objects.filter(roster=roster).prefetch_related("turns__person")
    planned = [
        span
        for rota in live
        if rota.until is None or rota.until > today - LOOK_BACK
        for span in spans(pattern(rota), today - 2 * DAY, today + AHEAD, clock.zone(), is_holiday)
    ]
    able = set(could_answer(roster, today).values_list("pk", flat=True))
    changes = [_change(each) for each in said.order_by("answered_at", "id") if each.off_id or each.on_id in able]
    return [span for span in changed(once(planned), changes) if span.person in able]


def pattern(rota: Rota) -> Pattern:
    """A weekly rota as it is calculated with."""
    weeks: dict[int, list[tuple[int, int]]] = {}
    for turn in rota.turns.all():
        weeks.setdefault(turn.week, []).append((turn.place, turn.person_id))
    return Pattern(
        rota.pk, rota.weekdays, rota.starts, rota.ends, rota.since, rota.until, rota.made_at,
        [weeks[week] for week in sorted(weeks)], rota.holidays,
    )  # fmt: skip


def _change(stand_in: StandIn) -> Change:
    return Change(stand_in.off_id, stand_in.on_id, stand_in.since, stand_in.until)


def _span(row: Shift) -> Span:
    return Span(row.person_id, row.place, row.starts_at, row.ends_at, row.rota_id)


def _key(person: int, starts: datetime, now: datetime) -> tuple[int, datetime | None]:
    """A person has at most one shift that runs, and one that begins at a moment to come."""
    return person, starts if starts > now else None


def _take_on(row: Shift, span: Span) -> bool:
    """Let the row say what is wanted; whether it said something else."""
    before = row.ends_at, row.place, row.rota_id
    row.ends_at, row.place, row.rota_id = span.ends, span.place, span.rota
    return before != (span.ends, span.place, span.rota)
