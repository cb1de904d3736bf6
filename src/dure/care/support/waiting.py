"""The waiting list: who has asked or was found, in which order, and what came of it. Each waits for an answer."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import note
from dure.care.models import Recipient
from dure.care.support.models import Came, Urgency, Waiting
from dure.care.support.owing import done, open_one, owed_by_dong, today
from dure.care.support.standard import period
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, amend
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Person

ANSWERED = {Urgency.NOW: "waiting-urgent", Urgency.SOON: "waiting-soon", Urgency.NORMAL: "waiting-normal"}
NOBODY_TO_ASK_FOR = (Came.DIED, Came.MOVED, Came.MISTAKE)  # no other agency is reminded of an answer any more
LONGEST = timedelta(days=92)  # until somebody who waits is told again how it stands
TO_ANSWER = gettext_noop(
    "Somebody in %(dong)s waits for meals since %(day)s: tell them how it stands, take them in, or pass them on."
)


def like(waiting: Waiting) -> list[Waiting]:
    """Who waits already and might be the same person: the same phone, or the same birth and name."""
    same = Q(pk__in=[])
    if waiting.phone:
        same |= Q(phone=waiting.phone)
    if waiting.born_on:
        same |= Q(name=waiting.name, born_on=waiting.born_on)
    others = Waiting.objects.filter(same, office=waiting.office_id, ended_at=None).exclude(pk=waiting.pk)
    return list(others.select_related("area")[:10])


def served_like(name: str, born_on: date | None, phone: str) -> list[Recipient]:
    """Recipients, also former ones, who might be this person."""
    same = Q(pk__in=[])
    if phone:
        same |= Q(phone=phone) | Q(phone_2=phone)
    if born_on:
        same |= Q(name=name, born_on=born_on)
    return list(Recipient.objects.filter(same).select_related("place__area", "provider")[:10])


@transaction.atomic
def enter(waiting: Waiting, *, by: Person, now: datetime) -> Waiting:
    """Somebody waits from now on, and an answer is owed to them."""
    if waiting.since > today(now):
        raise Refused(_("Nobody can wait since a day to come. Look at the day."))
    waiting.entered_at, waiting.entered_by = now, by
    waiting.answer_by = _answer_by(waiting)
    with acting(waiting.office_id, by.pk):  # a provider enters somebody, and sees nothing of what others owe
        waiting.duty = open_one(waiting.office_id, _owed(waiting, now), by=by, now=now)
    waiting.save(force_insert=True)
    note(at=now, who=by, did="waits", about=waiting)
    return waiting


@transaction.atomic
def change(waiting: Waiting, *, by: Person, now: datetime) -> Waiting:
    """What is known of somebody who waits has changed. More urgent: the answer is owed sooner."""
    before = _waits(waiting)
    if (before.urgency, before.area_id, before.since) != (waiting.urgency, waiting.area_id, waiting.since):
        waiting.answer_by = _answer_by(waiting) if before.told_on is None else before.answer_by
        with acting(waiting.office_id, by.pk):
            amend([(waiting.duty, _owed(waiting, now))], by=by, now=now)
    waiting.save()
    note(at=now, who=by, did="changed", about=waiting)
    return waiting


@transaction.atomic
def tell(waiting: Waiting, said: str, *, again_by: date, by: Person, now: datetime) -> None:
    """Somebody told the person how it stands; by a day they are told again."""
    waiting = _waits(waiting)
    day = today(now)
    if not said.strip():
        raise Refused(_("Say what the person was told."))
    if not day < again_by <= day + LONGEST:
        raise Refused(_("Choose a day to come, within three months."))
    done(waiting.duty, by=by, now=now)
    waiting.told_on, waiting.told = day, said.strip()[:300]
    waiting.answer_by = again_by
    waiting.duty = open_one(waiting.office_id, _owed(waiting, now), by=by, now=now)
    waiting.save(update_fields=["told_on", "told", "duty", "answer_by"])
    note(at=now, who=by, did="told how it stands", about=waiting)


@transaction.atomic
def end(
    waiting: Waiting, came: Came, why: str, *, by: Person, now: datetime, recipient: Recipient | None = None
) -> None:
    """They wait no more: served now, passed on, not wanted … and the record says why."""
    waiting = _waits(waiting)
    if came != Came.SERVED and not why.strip():
        raise Refused(_("Say why."))
    if came == Came.SERVED and recipient is None:
        raise Refused(_("Say which recipient this is now."))
    waiting.came, waiting.why, waiting.recipient = came, why.strip()[:200], recipient
    waiting.ended_at, waiting.ended_by = now, by
    waiting.save(update_fields=["came", "why", "recipient", "ended_at", "ended_by"])
    outcome = Outcome.VOID if came == Came.MISTAKE else Outcome.KEPT
    close([waiting.duty], by=by, outcome=outcome, now=now, note=came)
    if came in NOBODY_TO_ASK_FOR:
        asked = waiting.referrals.filter(way="out", answered_at=None).select_related("duty")
        close([each.duty for each in asked], by=by, outcome=Outcome.EXCUSED, now=now, note=came)
    note(at=now, who=by, did=f"waits no more: {came}", about=waiting)


def _waits(waiting: Waiting) -> Waiting:
    locked = Waiting.objects.select_for_update(no_key=True, of=("self",)).select_related("area", "ended_by")
    found = locked.get(pk=waiting.pk)
    if found.ended_at:
        raise Refused(_("%(person)s has ended this already.") % {"person": found.ended_by})
    return found


def _answer_by(waiting: Waiting) -> date:
    return waiting.since + period(waiting.office_id, ANSWERED[Urgency(waiting.urgency)], waiting.since)


def _owed(waiting: Waiting, now: datetime) -> Owed:
    return owed_by_dong(
        "waiting", TO_ANSWER, on=waiting.answer_by, page=f"/care/support/waiting/{waiting.ref}/", about=waiting.ref,
        area=waiting.area, now=now, day=str(waiting.since),
    )  # fmt: skip
