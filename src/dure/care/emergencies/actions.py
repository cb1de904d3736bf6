"""Looking in an emergency: finding exactly one person, seeing them for a while, and the office's look afterwards."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dure import clock
from dure.audit.actions import note
from dure.care.complaints.periods import last_day
from dure.care.emergencies.models import EmergencyLook, Finding, Guess
from dure.care.emergencies.standard import lasts
from dure.care.models import Recipient
from dure.care.opening import at
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Person
from dure.places.models import Area

KIND = "care.emergency_look"
REVIEW = gettext_noop("%(who)s looked at somebody in an emergency (%(when)s). Look whether it was necessary.")
EVENING, A_DAY = time(17), timedelta(days=1)
GUESSES, WITHIN = 5, timedelta(hours=1)  # in vain, a person; then the office is to be called


@dataclass(frozen=True)
class Particulars:
    """What somebody in front of a door, or on the phone, knows of a person."""

    name: str
    area: Area | None = None
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Why:
    """Why it has to be this person now: from the list, and in own words."""

    reason: str
    words: str


def look_for(said: Particulars, why: Why, *, by: Person, now: datetime) -> EmergencyLook | None:
    """Whoever is meant is shown from now on. None: nobody fits, or more than one does; which of both isn't told."""
    guess = _count(by, now)
    with transaction.atomic(), acting(by.office_id, by.pk):
        found = fitting(by.office_id, said, Recipient.objects.all())
        if found is None:
            return None
        look = _open(found, why, by=by, now=now)
        Guess.objects.filter(pk=guess.pk).update(found=look)
    return look


@transaction.atomic
def _count(by: Person, now: datetime) -> Guess:
    """A guess counts before anything is compared, so that five at one moment are five."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('care.emergencies'), %s)", [by.pk])
    if in_vain(by, now).count() >= GUESSES:
        raise Refused(
            _("Nobody was found %(n)s times within an hour. Call the office on duty; call 119 if there is danger.")
            % {"n": GUESSES}
        )
    made = Guess.objects.create(office_id=by.office_id, by=by, at=now)
    note(at=now, who=by, did="looked for in an emergency", about=made)
    return made


def in_vain(by: Person, now: datetime) -> QuerySet[Guess]:
    """How often somebody found nobody within the last hour."""
    return Guess.objects.filter(by=by, found=None, at__gt=now - WITHIN)


def in_vain_by(since: datetime) -> list[tuple[str, int]]:
    """Who found nobody since then, and how often, the most first: whoever tries names has many."""
    counted = Guess.objects.filter(found=None, at__gt=since).values_list("by__name").annotate(n=Count("pk"))
    return list(counted.order_by("-n", "by__name")[:20])


def fitting(office: int, said: Particulars, among: QuerySet[Recipient]) -> Recipient | None:
    """The one of these whom all of it fits exactly, if there is exactly one."""
    meant = among.filter(office=office, name=said.name.strip(), ended_on=None)
    if said.area:
        meant = meant.filter(place__area=said.area)
    if said.address:
        meant = meant.filter(place__address__iexact=" ".join(said.address.split()))
    if said.phone:
        meant = meant.filter(Q(phone=said.phone) | Q(phone_2=said.phone))
    found = list(meant.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def _open(
    recipient: Recipient, why: Why, *, by: Person, now: datetime, follows: EmergencyLook | None = None
) -> EmergencyLook:
    """One person at a time: an earlier look ends with it. The office looks at it on the next working day at last."""
    for open_now in EmergencyLook.objects.filter(by=by).open_at(now):
        end(open_now, by=by, now=now)
    look = EmergencyLook(
        office_id=by.office_id, recipient=recipient, by=by, reason=why.reason, words=why.words.strip()[:300],
        opened_at=now, until=now + lasts(by.office_id, clock.local(now).date(), now=now), follows=follows,
    )  # fmt: skip
    look.duty = open_duties(by.office_id, [_owed(look, now)], by=by, now=now)[0]
    look.save()
    note(at=now, who=by, did="opened in an emergency", about=look, why=look.words)
    note(at=now, who=by, did="was shown in an emergency", about=recipient, why=str(look.ref))
    return look


def _owed(look: EmergencyLook, now: datetime) -> Owed:
    """Owed by the office alone: neither the provider nor the centre looks whether its own look was necessary."""
    due = last_day(clock.local(now).date() + A_DAY, 1)
    return Owed(
        kind=KIND, what=REVIEW, values={"who": str(look.by), "when": f"{clock.local(now):%Y-%m-%d %H:%M}"},
        due_at=at(due, EVENING), ladder="office", page=look.page, about=look.ref,
    )  # fmt: skip


@transaction.atomic
def go_on(look: EmergencyLook, why: Why, *, by: Person, now: datetime) -> EmergencyLook:
    """It takes longer: a new look at the same person, with a new reason."""
    if not look.is_open(now):
        raise Refused(_("This emergency look is over. Enter the person's particulars once more."))
    with acting(by.office_id, by.pk):
        return _open(look.recipient, why, by=by, now=now, follows=look)


@transaction.atomic
def end(look: EmergencyLook, *, by: Person, now: datetime) -> None:
    """It isn't needed any more."""
    locked = EmergencyLook.objects.select_for_update(no_key=True).get(pk=look.pk)
    if locked.is_open(now):
        locked.ended_at, locked.ended_by = now, by
        locked.save(update_fields=["ended_at", "ended_by"])
        note(at=now, who=by, did="ended", about=locked)


@transaction.atomic
def review(look: EmergencyLook, finding: str, follow_up: str, *, by: Person, now: datetime) -> None:
    """The office has looked at it: whether it was necessary, and what follows."""
    locked = EmergencyLook.objects.select_for_update(no_key=True, of=("self",)).select_related("duty").get(pk=look.pk)
    if locked.reviewed_at:
        raise Refused(_("This has been looked at already."))
    if locked.by_id == by.pk:
        raise Refused(_("Somebody else has to look at your own emergency look."))
    if finding == Finding.NOT_JUSTIFIED and not follow_up.strip():
        raise Refused(_("Say what follows from it."))
    if locked.is_open(now):
        end(locked, by=by, now=now)
    locked.refresh_from_db(fields=["ended_at", "ended_by"])
    locked.reviewed_at, locked.reviewed_by, locked.finding, locked.follow_up = now, by, finding, follow_up.strip()
    locked.save(update_fields=["reviewed_at", "reviewed_by", "finding", "follow_up"])
    close([locked.duty], by=by, outcome=Outcome.KEPT, now=now, note=finding)
    note(at=now, who=by, did="reviewed", about=locked, why=finding)


def left(by: Person, now: datetime) -> str:
    """How many guesses somebody has left within this hour, as a sentence."""
    n = max(GUESSES - in_vain(by, now).count(), 0)
    return ngettext("%(n)s try is left.", "%(n)s tries are left.", n) % {"n": n}
