"""Welfare calls stand as duties about the recipient. Who is away, has gone, was seen or gets a meal isn't called.

Care knows these rows only; what is called when, and what came of it, is a noun of its own (`care/calls/`).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from dure.care.models import Absence, Recipient, Visit
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, amend
from dure.people.models import Person
from dure.places.models import Area

KIND = "care.call"
NOT_AT_HOME = (Absence.Why.HOSPITAL, Absence.Why.AWAY)  # meals that only stop leave somebody alone at home
SEEN = gettext_noop("seen on a visit")
MEAL_COMES = gettext_noop("a meal comes on this day")


def owed_to(recipients: Iterable[UUID]) -> QuerySet[Duty]:
    """The calls that are owed to these recipients."""
    return Duty.objects.filter(kind=KIND, about__in=list(recipients), closed_at=None)


def day_of(call: Duty) -> date:
    """The day on which the call is owed."""
    return date.fromisoformat(call.values["day"])


def begins_at(call: Duty) -> datetime:
    """From when on somebody who is seen, or spoken to, needn't be called any more."""
    return datetime.fromisoformat(call.values["since"])


def call_off(
    recipients: Iterable[UUID], *, why: str, by: Person, now: datetime, since: date | None = None,
    until: date | None = None,
) -> None:  # fmt: skip
    """These calls aren't owed any more; of some days, or all."""
    meant = [
        duty for duty in owed_to(recipients)
        if (since is None or day_of(duty) >= since) and (until is None or day_of(duty) < until)
    ]  # fmt: skip
    close(meant, by=by, outcome=Outcome.EXCUSED, now=now, note=why)


def known_at(recipient: UUID, at: datetime, outcome: Outcome, *, why: str, by: Person, now: datetime) -> None:
    """The person was seen, or it was said where they are: calls whose time had begun by then are settled."""
    close([d for d in owed_to([recipient]) if begins_at(d) <= at], by=by, outcome=outcome, now=now, note=why)


def silent_since(recipient: UUID, at: datetime) -> bool:
    """Whether a call is overdue that began later: who was seen in the morning may lie there in the evening."""
    return any(begins_at(duty) > at for duty in owed_to([recipient]).filter(raised_at__isnull=False))


def a_meal_comes(office: int, since: date, *, by: Person, now: datetime) -> None:
    """Who gets a meal after all is seen with it. Whoever was called in vain already stays to be reached."""
    waiting = Duty.objects.filter(office_id=office, kind=KIND, closed_at=None, raised_at=None)
    owed = [d for d in waiting if day_of(d) >= since and not d.values["warning"] and not d.values["tried"]]
    coming = Visit.objects.filter(office_id=office, day__gte=since, excused_at=None)
    meals = set(coming.filter(recipient__ref__in=[d.about for d in owed]).values_list("recipient__ref", "day"))
    superfluous = [duty for duty in owed if (duty.about, day_of(duty)) in meals]
    close(superfluous, by=by, outcome=Outcome.EXCUSED, now=now, note=MEAL_COMES)


def follow(recipients: Collection[int], *, by: Person | None, now: datetime) -> None:
    """A call goes along to another provider and another dong."""
    mine = Recipient.objects.filter(pk__in=recipients).select_related("place__area", "centre__area")
    people = {recipient.ref: recipient for recipient in mine}
    moved = [(d, new) for d in owed_to(people) if d.about and (new := _as_now(d, people[d.about]))]
    amend(moved, by=by, now=now)


def _as_now(duty: Duty, recipient: Recipient) -> Owed | None:
    """What is owed with whom it is owed to now; none when that hasn't changed."""
    area = area_of(recipient)
    if (duty.organisation_id, duty.area_id) == (recipient.provider_id, area.pk if area else None):
        return None
    return moved(as_it_is(duty), recipient)


def as_it_is(duty: Duty) -> Owed:
    """What an open call says, to be amended in part."""
    return Owed(
        kind=duty.kind, what=duty.what, due_at=duty.due_at, ladder=duty.ladder.name, values=duty.values,
        page=duty.page, organisation=duty.organisation_id, area=duty.area_id, about=duty.about, urgent=duty.urgent,
    )  # fmt: skip


def moved(owed: Owed, recipient: Recipient) -> Owed:
    """The same, of those who answer for the recipient now."""
    area = area_of(recipient)
    values = {**owed.values, "dong": area.name if area else "—"}
    return replace(owed, values=values, organisation=recipient.provider_id, area=area.pk if area else None)


def area_of(recipient: Recipient) -> Area | None:
    """The dong that answers: where the person lives, or else that of the centre."""
    return recipient.place.area or (recipient.centre.area if recipient.centre else None)
