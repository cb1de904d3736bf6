"""Taking recipients in by hand: who might be the same person, their contacts and services, and their meals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.audit.actions import note
from dure.care.following import follow
from dure.care.models import Contact, MealPlan, OtherService, Recipient
from dure.care.opening import at
from dure.offices.acting import acting
from dure.people.models import Organisation, Person
from dure.places.models import Place

WEEKDAYS = [L("Mon"), L("Tue"), L("Wed"), L("Thu"), L("Fri"), L("Sat"), L("Sun")]


def like(recipient: Recipient) -> list[Recipient]:
    """Who might be the same person: the same phone, the same birth and name, or the same address."""
    same = Q(pk__in=[])
    for number in {recipient.phone, recipient.phone_2} - {""}:
        same |= Q(phone=number) | Q(phone_2=number)
    if recipient.born_on:
        same |= Q(name=recipient.name, born_on=recipient.born_on)
    if recipient.place.address.strip():
        same |= Q(place__address__iexact=recipient.place.address.strip())
    others = Recipient.objects.filter(same, office=recipient.office_id).exclude(pk=recipient.pk)
    return list(others.select_related("place__area", "provider")[:10])


def centre_of(place: Place) -> Organisation | None:
    """The centre that answers for the people who live there."""
    return Organisation.objects.filter(office=place.office_id, kind="centre", area=place.area_id).first()


@transaction.atomic
def keep(recipient: Recipient, *, by: Person, now: datetime) -> Recipient:
    """Keep a recipient as entered, with the address. The centre follows from the dong, and visits opened already do."""
    new = recipient.pk is None
    recipient.place.save()
    recipient.place_id, recipient.centre = recipient.place.pk, centre_of(recipient.place)
    recipient.save()
    note(at=now, who=by, did="added" if new else "changed", about=recipient)
    if not new:
        follow(recipient.office_id, [recipient.pk], by=by, now=now)
    return recipient


def keep_contacts(recipient: Recipient, rows: Iterable[dict[str, Any]]) -> None:
    """The recipient's own people, in the order in which they are phoned. A number that stays keeps its last test.

    Whoever isn't to be told stays as they are, and isn't entered anew by somebody who can't know of it.
    """
    known = {(c.name, c.phone): c for c in recipient.contacts.all()}
    hidden, kept = not_told([recipient.pk], recipient.office_id), []
    for order, row in enumerate((row for row in rows if (recipient.pk, row["phone"]) not in hidden), 1):
        contact = known.pop((row["name"], row["phone"]), None) or Contact(
            office_id=recipient.office_id, recipient=recipient, name=row["name"], phone=row["phone"]
        )
        contact.order, contact.relation, contact.has_key = order, row["relation"], row["has_key"]
        kept.append(contact)
    Contact.objects.filter(pk__in=[gone.pk for gone in known.values()]).delete()
    for contact in kept:
        contact.save()


def not_told(recipients: Iterable[int], office: int) -> set[tuple[int, str]]:
    """The numbers of those who aren't to be told, whoever asks."""
    with acting(office):
        hidden = Contact.everybody.filter(recipient__in=list(recipients)).exclude(untold_at=None)
        return set(hidden.values_list("recipient_id", "phone"))


@transaction.atomic
def tested(contact: Contact, *, works: bool, by: Person, now: datetime) -> None:
    """Somebody called the number: it works, or it doesn't exist."""
    contact.tested_at, contact.dead_at = now, None if works else now
    contact.save(update_fields=["tested_at", "dead_at"])
    note(at=now, who=by, did="tested a number", about=contact.recipient, why="works" if works else "dead")


def keep_services(recipient: Recipient, rows: Iterable[dict[str, Any]]) -> None:
    """The other care services of a recipient, and which of them have stopped."""
    recipient.services.all().delete()
    fields = ("service", "agency", "days", "stopped_on")
    OtherService.objects.bulk_create(
        OtherService(office_id=recipient.office_id, recipient=recipient, **{f: row[f] for f in fields}) for row in rows
    )


@dataclass(frozen=True)
class Wanted:
    """One meal a week: on which weekday, and by what time."""

    weekday: int
    meal: str
    by_time: time


@transaction.atomic
def plan_meals(
    recipient: Recipient, wanted: Sequence[Wanted], *, since: date, sooner: bool = False, by: Person, now: datetime
) -> set[str]:
    """From a day on these are the meals of the week; visits opened already follow.

    A meal of today whose time has come stays as it was until tomorrow, and one that is new isn't owed before: those
    are returned. What was to begin later begins on that day too when it is to be `sooner`.
    """
    late = set_meals(recipient, wanted, since=since, sooner=sooner, by=by, now=now)
    if late is not None:
        follow(recipient.office_id, [recipient.pk], by=by, now=now)
    return late or set()


def set_meals(
    recipient: Recipient, wanted: Sequence[Wanted], *, since: date, sooner: bool = False, by: Person, now: datetime
) -> set[str] | None:
    """The meals of the week, from a day on; the visits are still to follow. None: it was so before.

    What was planned before stays on the record.
    """
    fresh, over = {(w.weekday, w.meal): w for w in wanted}, {}
    for plan in MealPlan.objects.filter(recipient=recipient, until=None):
        same = fresh.get((plan.weekday, plan.meal))
        if same and same.by_time == plan.by_time and not (sooner and plan.since > since):
            del fresh[plan.weekday, plan.meal]
        else:
            over[plan.weekday, plan.meal] = plan
    if not fresh and not over:
        return None
    late = {key for key in {*fresh, *over} if _has_come(key[0], [fresh.get(key), over.get(key)], since, now)}
    starts = {key: since + timedelta(days=key in late) for key in {*fresh, *over}}
    for key, plan in over.items():
        _end(plan, starts[key])
    MealPlan.objects.bulk_create(
        MealPlan(
            office_id=recipient.office_id, recipient=recipient, weekday=w.weekday, meal=w.meal, by_time=w.by_time,
            since=starts[key],
        )
        for key, w in fresh.items()
    )  # fmt: skip
    note(at=now, who=by, did="planned meals", about=recipient)
    return {meal for _, meal in late}


def _has_come(weekday: int, meals: Iterable[Wanted | MealPlan | None], since: date, now: datetime) -> bool:
    """Whether this is today's meal, and its time has come: as it was, or as it is wanted."""
    today = clock.local(now).date()
    times = [at(today, meal.by_time) for meal in meals if meal]
    return since == today and weekday == today.weekday() and min(times) <= now


def _end(plan: MealPlan, on: date) -> None:
    """No meal from this day on. A plan that hadn't begun is put on a day that isn't its weekday: it owes nothing."""
    if plan.since < on:
        plan.until = on
    else:
        plan.since = plan.since + timedelta(days=1 if plan.since.weekday() == plan.weekday else 0)
        plan.until = plan.since + timedelta(days=1)
    plan.save(update_fields=["since", "until"])


def week(recipient: Recipient) -> dict[str, tuple[list[int], time | None]]:
    """The meals of the week as planned now: meal -> weekdays and time."""
    runs = MealPlan.objects.filter(until=None, recipient=recipient).order_by("meal", "weekday")
    found: dict[str, tuple[list[int], time | None]] = {}
    for plan in runs:
        days, _ = found.get(plan.meal, ([], None))
        found[plan.meal] = ([*days, plan.weekday] if plan.weekday not in days else days, plan.by_time)
    return found


def begins_on(recipient: Recipient, today: date) -> date | None:
    """The first day of meals that haven't begun yet; none when some have, or none are planned."""
    first = MealPlan.objects.filter(until=None, recipient=recipient).aggregate(first=Min("since"))["first"]
    return first if first and first > today else None
