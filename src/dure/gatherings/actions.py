"""Arranging, holding and cancelling gatherings, and what is agreed there."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.files.actions import keep
from dure.gatherings.models import Agreed, Attendance, Circular, Gathering, Invitation, Material
from dure.gatherings.telling import tell_agencies, tell_people
from dure.offices.acting import acting
from dure.people.actions import WHOLE_OFFICE, Standing
from dure.people.models import Membership, Organisation, Person
from dure.people.rota import DAY, moment

MORNING = time(10)
INVITED = gettext_noop("You are invited: %(title)s, %(when)s, %(place)s.")
UNINVITED = gettext_noop("You needn't come: %(title)s on %(when)s.")
MOVED = gettext_noop("Changed: %(title)s, now %(when)s, %(place)s.")
CALLED_OFF = gettext_noop("Cancelled: %(title)s on %(when)s.")
YOURS = gettext_noop("Agreed at “%(title)s”: you do it by %(day)s.")
OWES = gettext_noop("Agreed at “%(title)s”: it was to be done by %(day)s.")
CHANGED = ["kind", "title", "begins_at", "ends_at", "place", "agenda"]
Works = Callable[[date], bool]  # whether offices work on a day


class Outdated(Refused):
    """Somebody else has saved since this page was opened."""


def next_morning(day: date, works: Works) -> datetime:
    """When somebody is reminded of what was to be done by a day: at ten on the next one on which people work."""
    after = next(each for n in range(1, 15) if works(each := day + n * DAY) or n == 14)
    return moment(after, MORNING, clock.zone())


@transaction.atomic
def arrange(gathering: Gathering, organisations: Collection[Organisation], *, by: Person, now: datetime) -> Gathering:
    """People are to come together; every agency invited is told, unless it is entered afterwards."""
    if not organisations:
        raise Refused(_("Choose whom to invite."))
    gathering.office_id, gathering.made_at, gathering.changed_at, gathering.made_by = by.office_id, now, now, by
    gathering.save()
    _invite(gathering, organisations)
    note(at=now, who=by, did="arranged", about=gathering)
    _tell(organisations, INVITED, gathering, by, now)
    return gathering


def _invite(gathering: Gathering, organisations: Iterable[Organisation]) -> None:
    Invitation.objects.bulk_create(
        Invitation(office_id=gathering.office_id, gathering=gathering, organisation=each) for each in organisations
    )


@transaction.atomic
def change(
    gathering: Gathering, organisations: Collection[Organisation], *, seen: datetime, by: Person, now: datetime
) -> None:
    """Another time, place or agenda, or others are invited. Who is new is invited, all others are told what is new."""
    before = _to_come(gathering, seen)
    if not organisations:
        raise Refused(_("Choose whom to invite."))
    known = {each.organisation_id: each for each in before.invitations.select_related("organisation")}
    wanted = {each.pk: each for each in organisations}
    gone = [each for pk, each in known.items() if pk not in wanted]
    new = [each for pk, each in wanted.items() if pk not in known]
    differs = any(getattr(before, name) != getattr(gathering, name) for name in CHANGED)
    gathering.changed_at = now
    gathering.save(update_fields=[*CHANGED, "changed_at"])
    Invitation.objects.filter(pk__in=[each.pk for each in gone]).delete()
    _invite(gathering, new)
    note(at=now, who=by, did="changed", about=gathering)
    _tell(new, INVITED, gathering, by, now)
    _tell([each.organisation for each in gone], UNINVITED, before, by, now)
    if differs:
        _tell([each for pk, each in wanted.items() if pk in known], MOVED, gathering, by, now)


@transaction.atomic
def cancel(gathering: Gathering, *, why: str, by: Person, now: datetime) -> None:
    """It isn't held; everybody invited is told."""
    gathering = _to_come(gathering)
    if gathering.agreed.filter(ended_at=None).exists():
        raise Refused(_("Something was agreed here and is still to be done. End that first."))
    gathering.cancelled_at, gathering.cancelled_by, gathering.cancelled_why = now, by, why.strip()[:200]
    gathering.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_why"])
    note(at=now, who=by, did="cancelled", about=gathering)
    invited = Organisation.objects.filter(pk__in=gathering.invitations.values("organisation"))
    _tell(list(invited), CALLED_OFF, gathering, by, now)


def _locked(gathering: Gathering, seen: datetime | None) -> Gathering:
    """The row, locked. Refuses a page that was opened before somebody else saved (`seen`: what it had seen)."""
    found = Gathering.objects.select_for_update(no_key=True).get(pk=gathering.pk)
    if seen is not None and seen != found.changed_at:
        raise Outdated(
            _("Somebody else has saved since you opened this page. Look at it in another window, and save again.")
        )
    return found


def _to_come(gathering: Gathering, seen: datetime | None = None) -> Gathering:
    found = _held(gathering, seen)
    if found.minuted_at:
        raise Refused(_("This has minutes already: it was held."))
    return found


def _held(gathering: Gathering, seen: datetime | None = None) -> Gathering:
    found = _locked(gathering, seen)
    if found.cancelled_at:
        raise Refused(_("This was cancelled already."))
    return found


@transaction.atomic
def attended(
    gathering: Gathering, people: Collection[Person], guests: Iterable[str], *, seen: datetime, by: Person,
    now: datetime,
) -> None:  # fmt: skip
    """Who came. Said again, the last list counts."""
    locked = _held(gathering, seen)
    wanted = {(person.pk, "") for person in people} | {(None, name.strip()[:100]) for name in guests if name.strip()}
    known = {(each.person_id, each.guest): each for each in locked.attendances.all()}
    Attendance.objects.filter(pk__in=[each.pk for key, each in known.items() if key not in wanted]).delete()
    Attendance.objects.bulk_create(
        Attendance(
            office_id=locked.office_id, gathering=locked, person_id=person, guest=guest, noted_at=now, noted_by=by
        )
        for person, guest in sorted(wanted - known.keys(), key=str)
    )
    Gathering.objects.filter(pk=locked.pk).update(changed_at=now)
    note(at=now, who=by, did="noted who came", about=gathering, why=str(len(wanted)))


@transaction.atomic
def minuted(gathering: Gathering, text: str, *, seen: datetime, by: Person, now: datetime) -> None:
    """What was talked about. With it the gathering is over."""
    locked = _begun(_held(gathering, seen), now)
    if not text.strip():
        raise Refused(_("Write what was talked about; if nothing was, write “nothing”."))
    locked.minutes, locked.minuted_at, locked.minuted_by, locked.changed_at = text.strip(), now, by, now
    locked.save(update_fields=["minutes", "minuted_at", "minuted_by", "changed_at"])
    note(at=now, who=by, did="wrote minutes", about=gathering)


def _begun(gathering: Gathering, now: datetime) -> Gathering:
    if now < gathering.begins_at:
        raise Refused(_("This begins only later. What came of it is written afterwards."))
    return gathering


@transaction.atomic
def agree(
    gathering: Gathering, what: str, owner: Person, due_on: date, *, works: Works, by: Person, now: datetime
) -> Agreed:
    """Something was agreed, with who does it and by when. Its owner hears of it, and it is owed from now on."""
    locked = _begun(_held(gathering), now)
    if due_on < clock.local(now).date():
        raise Refused(_("The day by which it is done has passed. Look at the date."))
    made = Agreed(office_id=locked.office_id, gathering=locked, what=what.strip()[:300], owner=owner, due_on=due_on)
    values = {"title": locked.title, "day": str(due_on)}
    owed = Owed(
        kind="gatherings.agreed", what=OWES, values=values, ladder="paper", due_at=next_morning(due_on, works),
        page=page(locked), about=made.ref, owner=owner, organisation=_works_at(owner, locked, now),
    )  # fmt: skip
    made.duty = open_duties(locked.office_id, [owed], by=by, now=now)[0]
    made.save()
    tell_people([owner], YOURS, values, page(locked), by, now)
    return made


def _works_at(person: Person, gathering: Gathering, now: datetime) -> int | None:
    """At which agency somebody does what was agreed: one of those invited, or else where they work."""
    held = Membership.objects.on(clock.local(now).date()).filter(person=person).order_by("pk")
    here = list(held.values_list("organisation", flat=True))
    invited = set(gathering.invitations.values_list("organisation", flat=True))
    return next((each for each in here if each in invited), here[0] if here else None)


@transaction.atomic
def done(agreed: Agreed, *, said: str, by: Person, standing: Standing, now: datetime) -> None:
    """What was agreed is done: whoever owes it says so, or an officer."""
    if agreed.owner_id != by.pk and not standing.roles & WHOLE_OFFICE:
        raise Refused(_("%(person)s does this, and says when it is done.") % {"person": agreed.owner})
    _end(agreed, Outcome.KEPT, said, by, now)


@transaction.atomic
def drop(agreed: Agreed, *, why: str, by: Person, now: datetime) -> None:
    """What was agreed isn't needed any more, or was entered by mistake."""
    if not why.strip():
        raise Refused(_("Say why it isn't needed any more."))
    _end(agreed, Outcome.EXCUSED, why, by, now)


def _end(agreed: Agreed, outcome: Outcome, said: str, by: Person, now: datetime) -> None:
    with acting(agreed.office_id, by.pk):  # the duty may lie at an agency that who ends it doesn't work for
        ended = close([agreed.duty], by=by, outcome=outcome, now=now, note=said.strip()[:300])
    if not ended:
        raise Refused(_("This is over already."))
    Agreed.objects.filter(pk=agreed.pk).update(
        ended_at=now, ended_by=by, said=said.strip()[:300], dropped=outcome == Outcome.EXCUSED
    )


@transaction.atomic
def add_material(to: Gathering | Circular, name: str, data: bytes, *, by: Person, now: datetime) -> Material:
    """A file is added: an agenda to look at, a hand-out, a signed list."""
    key = "circular" if isinstance(to, Circular) else "gathering"
    made = Material.objects.create(
        office_id=to.office_id, content=keep(to.office_id, data), name=name.strip()[-200:], added_at=now, added_by=by,
        **{key: to},
    )  # fmt: skip
    note(at=now, who=by, did="added a file", about=to)
    return made


def page(gathering: Gathering) -> str:
    """Where everything about a gathering stands."""
    return f"/gatherings/{gathering.ref}/"


def _tell(organisations: Collection[Organisation], what: str, of: Gathering, by: Person, now: datetime) -> None:
    begins, ends = clock.local(of.begins_at), clock.local(of.ends_at)
    values = {"title": of.title, "when": f"{begins:%m-%d %H:%M}–{ends:%H:%M}", "place": of.place or _("place open")}
    where = "/gatherings/" if what == UNINVITED else page(of)
    if of.begins_at > now - timedelta(minutes=1):  # of what has been nobody need be told
        tell_agencies(organisations, what, values, where, by, now)
