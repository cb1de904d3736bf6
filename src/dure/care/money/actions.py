"""Agreeing on a provider's month, objecting, answering, closing it for good; prices and schemes from a day on."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dure import clock
from dure.audit.actions import note
from dure.care.models import Recipient, Scheme
from dure.care.money.counting import Reckoned, corrected_afterwards, months_with_meals, reckon
from dure.care.money.models import (
    Agreement,
    Belonging,
    Booking,
    Line,
    Objection,
    Settlement,
    Side,
    Terms,
    next_month,
)
from dure.care.money.sums import Difference, Entry
from dure.care.opening import at
from dure.cases.hours import is_working_day
from dure.duty.actions import close as close_duties
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Person
from dure.people.rota import DAY

OWED = gettext_noop("The meals of %(month)s of %(provider)s are to be settled.")
OBJECTED = gettext_noop("%(provider)s objects to the settlement of %(month)s. Answer it.")
AGREED_AFTER_ALL = gettext_noop("The provider has agreed after all.")
DAYS_TO_SETTLE, DAYS_TO_ANSWER = 5, 5  # working days
EVENING = time(17)


class Outdated(Refused):
    """What is agreed on has changed since the page was opened."""


def working_day(after: date, number: int) -> date:
    """The so-manyth working day after a day.

    >>> working_day(date(2026, 10, 31), 5), working_day(date(2026, 9, 30), 5)
    (datetime.date(2026, 11, 6), datetime.date(2026, 10, 8))
    """
    day = after
    while number:
        day += DAY
        number -= is_working_day(day)
    return day


def alone(office: int) -> None:
    """Until this transaction has ended nobody else of the office closes a month, or changes a price or a scheme."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('care.money'), %s)", [office])


@transaction.atomic
def owe_settlements(office: int, now: datetime) -> int:
    """Each provider's month stands on the page from its first day; once it is over it is owed. How many are owed from
    now on. Safe to run again."""
    alone(office)
    this = clock.local(now).date().replace(day=1)
    before = (this - DAY).replace(day=1)
    known = set(Settlement.objects.filter(office_id=office, month__gte=before).values_list("provider", "month"))
    wanted = [key for key in months_with_meals(office, before) if key not in known]
    Settlement.objects.bulk_create(Settlement(office_id=office, provider_id=p, month=month) for p, month in wanted)
    late = corrected_afterwards(office)  # a month of nothing but corrections
    Settlement.objects.bulk_create(Settlement(office_id=office, provider_id=provider, month=this) for provider in late)
    over = Settlement.objects.filter(office_id=office, month__lt=this, closed_at=None, duty=None)
    waiting = list(over.select_related("provider").order_by("pk"))
    duties = open_duties(office, [_owed(each) for each in waiting], by=None, now=now)
    for each, duty in zip(waiting, duties, strict=True):
        each.duty = duty
    Settlement.objects.bulk_update(waiting, ["duty"])
    return len(waiting)


def _owed(settlement: Settlement) -> Owed:
    due = at(working_day(settlement.ends - DAY, DAYS_TO_SETTLE), EVENING)
    return Owed(
        kind="money.settlement", what=OWED, values=_values(settlement), ladder="paper", due_at=due,
        page=page(settlement), organisation=settlement.provider_id, about=settlement.ref,
    )  # fmt: skip


def _values(settlement: Settlement) -> dict[str, str]:
    return {"month": str(settlement), "provider": settlement.provider.name}


def page(settlement: Settlement) -> str:
    """Where everything about a provider's month stands."""
    return f"/care/money/{settlement.ref}/"


def _open(settlement: Settlement) -> Settlement:
    """The row, locked, while nobody else closes anything. A closed month is refused."""
    alone(settlement.office_id)
    locked = Settlement.objects.select_for_update(no_key=True, of=("self",)).select_related("provider")
    found = locked.get(pk=settlement.pk)
    if found.closed_at:
        raise Refused(_("%(month)s is closed. What comes out otherwise appears as a correction.") % {"month": found})
    return found


def _reckoned(settlement: Settlement, seen: str | None, now: datetime) -> Reckoned:
    """What it comes to now. Refuses what nobody can agree on yet, and a page that showed something else (`seen`)."""
    if clock.local(now).date() < settlement.ends:
        raise Refused(_("%(month)s isn't over yet. It is settled afterwards.") % {"month": settlement})
    found = reckon(settlement.office_id, [settlement])[settlement.pk]
    if n := len(found.without_scheme):
        raise Refused(
            ngettext(
                "%(n)s meal belongs to no scheme. The office enters the recipient's scheme first.",
                "%(n)s meals belong to no scheme. The office enters the recipients' schemes first.",
                n,
            )
            % {"n": n}
        )
    if seen is not None and seen != found.fingerprint:
        raise Outdated(_("Something has been counted otherwise since you opened this page. Look at it once more."))
    return found


@transaction.atomic
def agree(settlement: Settlement, side: Side, *, seen: str, by: Person, now: datetime) -> Agreement:
    """One side agrees with what it saw. The provider's agreement ends its own objection."""
    found = _open(settlement)
    what = _reckoned(found, seen, now).fingerprint
    _withdraw(found, side, now)
    made = Agreement.objects.create(office_id=found.office_id, settlement=found, side=side, what=what, at=now, by=by)
    if side == Side.PROVIDER:
        for objection in found.objections.filter(answered_at=None).select_related("duty"):
            _answer(objection, AGREED_AFTER_ALL, by, now)
    note(at=now, who=by, did="agreed", about=found, why=side)
    return made


def _withdraw(settlement: Settlement, side: Side, now: datetime) -> int:
    return settlement.agreements.filter(side=side, withdrawn_at=None).update(withdrawn_at=now)


@transaction.atomic
def withdraw_outdated(office: int, now: datetime) -> int:
    """Agreements on what is counted otherwise since are withdrawn; how many. Safe to run again."""
    alone(office)
    live = Agreement.objects.filter(office_id=office, withdrawn_at=None, settlement__closed_at=None)
    agreed = list(live.select_related("settlement"))
    found = reckon(office, {each.settlement_id: each.settlement for each in agreed}.values())
    gone = [each for each in agreed if each.what != found[each.settlement_id].fingerprint]
    for each in gone:
        note(at=now, who=None, did="withdrew an agreement", about=each.settlement, why=each.side)
    return Agreement.objects.filter(pk__in=[each.pk for each in gone]).update(withdrawn_at=now)


@transaction.atomic
def object_to(settlement: Settlement, text: str, *, by: Person, now: datetime) -> Objection:
    """A provider doesn't agree, and says why. The office owes an answer within five working days."""
    found = _open(settlement)
    if not text.strip():
        raise Refused(_("Say what is wrong."))
    if found.objections.filter(answered_at=None).exists():
        raise Refused(_("An objection waits for its answer already. Add to it by phone, or wait for the answer."))
    made = Objection(office_id=found.office_id, settlement=found, text=text.strip()[:1000], at=now, by=by)
    owed = Owed(
        kind="money.objection", what=OBJECTED, values=_values(found), ladder="paper", page=page(found),
        due_at=at(working_day(clock.local(now).date(), DAYS_TO_ANSWER), EVENING), about=made.ref,
    )  # fmt: skip
    with acting(found.office_id, by.pk):  # it is the office's, which who objects doesn't see
        made.duty = open_duties(found.office_id, [owed], by=by, now=now)[0]
    made.save()
    _withdraw(found, Side.PROVIDER, now)
    note(at=now, who=by, did="objected", about=found)
    return made


@transaction.atomic
def answer(objection: Objection, text: str, *, by: Person, now: datetime) -> None:
    """The office answers what was objected to; whether something is counted otherwise now, the count itself says."""
    if not text.strip():
        raise Refused(_("Write the answer."))
    _open(objection.settlement)
    fresh = Objection.objects.select_for_update(no_key=True, of=("self",)).select_related("duty").get(pk=objection.pk)
    if fresh.answered_at:
        raise Refused(_("This objection was answered already."))
    _answer(fresh, text.strip()[:1000], by, now)
    note(at=now, who=by, did="answered", about=objection)


def _answer(objection: Objection, text: str, by: Person, now: datetime) -> None:
    objection.answer, objection.answered_at, objection.answered_by = text, now, by
    objection.save(update_fields=["answer", "answered_at", "answered_by"])
    with acting(objection.office_id, by.pk):
        close_duties([objection.duty], by=by, outcome=Outcome.KEPT, now=now)


def missing(settlement: Settlement, found: Reckoned, agreements: Sequence[Agreement]) -> list[Side]:
    """Which sides don't agree with what is counted now."""
    agreed = {each.side for each in agreements if each.withdrawn_at is None and each.what == found.fingerprint}
    return [side for side in Side if side not in agreed]


@transaction.atomic
def close(settlement: Settlement, *, seen: str | None = None, why: str = "", by: Person, now: datetime) -> Settlement:
    """The month is closed for good: what it was counted from is kept, and nothing changes it any more.

    Without both having agreed it takes a reason, which is kept. An objection is answered first.
    """
    month = _open(settlement)
    found = _reckoned(month, seen, now)
    earlier = Settlement.objects.filter(provider=month.provider, month__lt=month.month, closed_at=None)
    if first := earlier.order_by("month").first():
        raise Refused(_("%(month)s is still open. Close it first.") % {"month": first})
    if month.objections.filter(answered_at=None).exists():
        raise Refused(_("The provider has objected. Answer it first."))
    lacking = missing(month, found, list(month.agreements.all()))
    if lacking and not why.strip():
        sides = ", ".join(str(side.label) for side in lacking)
        raise Refused(_("Not agreed yet: %(sides)s. To close all the same, say why.") % {"sides": sides})
    _freeze(month, found)
    month.closed_at, month.closed_by = now, by
    month.closed_why = why.strip()[:300] if lacking else ""
    month.meals, month.amount, month.corrected = found.meals, found.amount, found.corrected
    month.terms_seen, month.belongings_seen = _newest(Terms, month), _newest(Belonging, month)
    month.save()
    if month.duty:
        close_duties([month.duty], by=by, outcome=Outcome.KEPT, now=now)
    note(at=now, who=by, did="closed", about=month, why=month.closed_why)
    return month


def _newest(model: type[Terms] | type[Belonging], month: Settlement) -> int:
    rows = model._default_manager.filter(office_id=month.office_id)
    return rows.aggregate(newest=Max("pk"))["newest"] or 0


def _freeze(month: Settlement, found: Reckoned) -> None:
    """Keep every visit that was reported, as it counts, and the lines that come of it."""
    office = month.office_id
    Line.objects.bulk_create(
        Line(
            office_id=office, settlement=month, scheme_id=line.scheme, unit_price=line.unit_price,
            own_share=line.own_share, meals=line.meals, amount=line.amount,
        )
        for line in found.lines
    )  # fmt: skip
    booked = Booking.objects.filter(settlement__provider=month.provider, next=None)
    changed = [each.after.visit for each in found.corrections]
    previous = dict(booked.filter(visit__in=changed).values_list("visit", "pk"))
    Booking.objects.bulk_create([_booking(month, each, None) for each in found.entries], batch_size=2000)
    Booking.objects.bulk_create(_corrected(month, each, previous) for each in found.corrections)


def _corrected(month: Settlement, each: Difference, previous: dict[int, int]) -> Booking:
    return _booking(month, each.after, previous.get(each.after.visit))


def _booking(month: Settlement, each: Entry, previous: int | None) -> Booking:
    return Booking(
        office_id=month.office_id, settlement=month, visit_id=each.visit, previous_id=previous, day=each.day,
        way=each.way, brought=each.brought, scheme_id=each.scheme, meals=each.meals, unit_price=each.unit_price,
        own_share=each.own_share,
    )  # fmt: skip


def closed_until(office: int) -> date | None:
    """The first day that lies in no closed month of any provider; None when none was closed."""
    last = Settlement.objects.filter(office_id=office, closed_at__isnull=False).aggregate(last=Max("month"))["last"]
    return next_month(last) if last else None


@transaction.atomic
def say_terms(terms: Terms, *, back: bool = False, by: Person, now: datetime) -> Terms:
    """From a day on a scheme pays this. Said again for the same day it replaces what was said before.

    A day in a closed month has to be meant (`back`): the month stays as it is, and the difference is a correction.
    """
    alone(terms.scheme.office_id)
    free = closed_until(terms.scheme.office_id)
    if free and terms.since < free and not back:
        raise Refused(
            _("Months before %(day)s are closed already. Say that it really holds from then on.") % {"day": free}
        )
    known = Terms.objects.filter(scheme=terms.scheme, since=terms.since, replaced_at=None)
    known.update(replaced_at=now, replaced_by=by)
    terms.office_id, terms.said_at, terms.said_by = terms.scheme.office_id, now, by
    terms.save(force_insert=True)
    why = f"{terms.since} {terms.unit_price} {terms.own_share}"
    note(at=now, who=by, did="set a price", about=terms.scheme, why=why)
    return terms


@transaction.atomic
def take_back_terms(terms: Terms, *, by: Person, now: datetime) -> None:
    """A price that was said doesn't hold after all. One of a closed month is replaced by another, not taken back."""
    alone(terms.office_id)
    free = closed_until(terms.office_id)
    if free and terms.since < free:
        raise Refused(_("A closed month was reckoned with this price. Enter the right one for the same day instead."))
    held = Terms.objects.filter(scheme=terms.scheme, replaced_at=None)
    if not held.exclude(pk=terms.pk).exists():
        raise Refused(_("The scheme has no other price. Enter the right one for the same day instead."))
    if not held.filter(pk=terms.pk).update(replaced_at=now, replaced_by=by):
        raise Refused(_("This was taken back already."))
    note(at=now, who=by, did="took a price back", about=terms.scheme, why=str(terms.since))


@transaction.atomic
def set_up(scheme: Scheme, terms: Terms, *, by: Person, now: datetime) -> Scheme:
    """A new scheme with the price that it pays from the first day of its year on."""
    scheme.office_id = by.office_id
    scheme.save(force_insert=True)
    terms.scheme, terms.since = scheme, date(scheme.year, 1, 1)
    say_terms(terms, back=True, by=by, now=now)
    note(at=now, who=by, did="added", about=scheme)
    return scheme


@transaction.atomic
def belongs(recipient: Recipient, scheme: Scheme | None, since: date, *, by: Person, now: datetime) -> None:
    """A recipient belongs to a scheme from a day on, until the next day of which something else is said."""
    alone(recipient.office_id)
    Belonging.objects.create(
        office_id=recipient.office_id, recipient=recipient, scheme=scheme, since=since, said_at=now, said_by=by
    )
    latest = Belonging.objects.filter(recipient=recipient, since__lte=clock.local(now).date()).last()
    if latest:
        Recipient.objects.filter(pk=recipient.pk).update(scheme=latest.scheme_id)
    note(at=now, who=by, did="set the scheme", about=recipient, why=str(since))
