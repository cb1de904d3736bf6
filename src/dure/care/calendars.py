"""Shifts in a calendar of one's own, by a secret address that can be made anew and taken away."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care import rosters
from dure.offices.acting import act
from dure.people.actions import Standing, standing
from dure.people.models import CalendarLink, Person, Roster, Shift
from dure.sheets.ical import Entry, write

BEHIND = timedelta(days=31)


@transaction.atomic
def make_link(roster: Roster | None, *, by: Person, now: datetime) -> str:
    """A new secret for one's own shifts or for those of a roster, shown only this once. The one before it ends."""
    token = secrets.token_urlsafe(32)
    person = None if roster else by
    CalendarLink.objects.filter(made_by=by, person=person, roster=roster, revoked_at=None).update(revoked_at=now)
    link = CalendarLink.objects.create(
        office_id=by.office_id, person=person, roster=roster, token_sha256=_hash(token), made_at=now, made_by=by
    )
    note(at=now, who=by, did="made a calendar address", about=roster or link)
    return token


@transaction.atomic
def revoke(link: CalendarLink, *, by: Person, now: datetime) -> None:
    """Whoever has this address sees nothing any more."""
    if CalendarLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        note(at=now, who=by, did="took a calendar address away", about=link.roster or link)


def links(who: Standing, person: Person) -> QuerySet[CalendarLink]:
    """The addresses that hold: one's own, and those of the rosters that one runs."""
    mine = Q(made_by=person) | Q(roster__in=rosters.seen_by(who))
    return CalendarLink.objects.filter(mine, revoked_at=None).select_related("roster", "made_by").order_by("made_at")


def find(token: str) -> CalendarLink | None:
    """The link of a secret; from here on the connection acts for who made it. None when it doesn't hold any more."""
    act(None, key=f"calendar:{_hash(token)}")
    held = (
        CalendarLink.objects.filter(token_sha256=_hash(token), revoked_at=None)
        .values("pk", "office", "made_by")
        .first()
    )
    if held is None:
        return None
    act(held["office"], held["made_by"], [])
    link = CalendarLink.objects.select_related("made_by__office", "roster__organisation").get(pk=held["pk"])
    if not link.made_by.is_active:
        return None
    clock.use_zone(link.made_by.office.zone)
    who = standing(link.made_by, clock.today())
    may = not link.roster_id or rosters.seen_by(who).filter(pk=link.roster_id).exists()
    return link if who.roles and may else None


def calendar(link: CalendarLink, now: datetime) -> bytes:
    """The shifts of the last month and all to come; of those who are served it holds nothing."""
    shifts = Shift.objects.filter(ends_at__gt=now - BEHIND)
    shifts = shifts.filter(roster=link.roster) if link.roster else shifts.filter(person=link.person)
    with translation.override(link.made_by.language):
        name = str(link.roster) if link.roster else _("My shifts")
    entries = [
        Entry(
            key=f"{uuid5(s.roster.ref, f'{s.person.ref} {s.starts_at.isoformat()}')}@dure",
            starts=s.starts_at, ends=s.ends_at, title=_title(s, link), place=str(s.roster.organisation),
        )
        for s in shifts.select_related("roster__organisation", "person")
    ]  # fmt: skip
    return write(name, entries, now=now)


def _title(shift: Shift, link: CalendarLink) -> str:
    order = f" ({shift.place + 1})" if shift.place else ""
    return f"{shift.person if link.roster_id else shift.roster}{order}"


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
