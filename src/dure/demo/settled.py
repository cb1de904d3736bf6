"""Last month of the demo office, of three of its providers: two are closed, and one has objected."""

from datetime import date, datetime, time, timedelta

from dure.care.models import Handed, Meal, Outcome, Recipient, Visit
from dure.care.money import actions
from dure.care.money.counting import reckon
from dure.care.money.models import Settlement, Side
from dure.care.opening import at
from dure.cases.hours import is_working_day
from dure.demo.staff import Staff
from dure.duty.models import Duty
from dure.duty.models import Outcome as Ending
from dure.duty.opening import Owed, open_duties
from dure.people.models import Person
from dure.people.rota import DAY

OF, OF_EACH, DAYS = 3, 6, 5  # providers, recipients of each, working days: `make up` stays quick
OBJECTION = "마지막 주 화요일 배달 2식이 빠져 있습니다. 종이 기록지가 있습니다."
LUNCH = time(11, 30)


def settle(staff: Staff, recipients: list[Recipient], day: date, now: datetime) -> None:
    """The days at the end of last month were delivered; what both sides say about them."""
    last = day.replace(day=1) - DAY
    days = [each for n in range(31) if is_working_day(each := last - n * DAY) and each.month == last.month][:DAYS]
    _deliver(staff, recipients, days)
    actions.owe_settlements(staff.office.pk, now)
    months = list(Settlement.objects.filter(office=staff.office, month=last.replace(day=1)).order_by("provider"))
    officer, early = staff.officers[0], now - timedelta(hours=3)
    for month, close in zip(months, (True, True, False), strict=False):
        for side, by in ((Side.PROVIDER, staff.desks[month.provider_id][0]), (Side.OFFICE, officer)):
            if close:
                _agree(month, side, by, early)
        if close:
            actions.close(month, by=officer, now=early)
    if len(months) > 2:
        actions.object_to(months[2], OBJECTION, by=staff.desks[months[2].provider_id][0], now=early)
    this = day.replace(day=1)
    Settlement.objects.bulk_create(Settlement(office=staff.office, provider=m.provider, month=this) for m in months)
    if months:  # a visit corrected after the close: it stands in this month as a correction
        wrong = Visit.objects.filter(provider=months[0].provider, day__lt=day.replace(day=1)).order_by("pk")[:1]
        Visit.objects.filter(pk__in=wrong.values("pk")).update(handed=Handed.REFUSED)


def _agree(month: Settlement, side: Side, by: Person, now: datetime) -> None:
    seen = reckon(month.office_id, [month])[month.pk].fingerprint
    actions.agree(month, side, seen=seen, by=by, now=now)


def _deliver(staff: Staff, recipients: list[Recipient], days: list[date]) -> None:
    """Some of the recipients of three providers were served on these days."""
    of: dict[int, list[Recipient]] = {}
    for recipient in recipients:
        if recipient.started_on < days[-1] and (recipient.provider_id in of or len(of) < OF):
            of.setdefault(recipient.provider_id, []).append(recipient)
    pairs = [(each, day) for mine in of.values() for each in mine[:OF_EACH] for day in days]
    _visits(staff, pairs)


def _visits(staff: Staff, pairs: list[tuple[Recipient, date]]) -> None:
    """Visits of the past with their duties, closed by whoever drove the course."""
    owed = [
        Owed(kind="care.visit", what="A visit.", due_at=at(day, LUNCH), ladder="visit", organisation=each.provider_id)
        for each, day in pairs
    ]
    duties = open_duties(staff.office.pk, owed, by=None, now=at(min(day for _, day in pairs), time(9)))
    ways = [Handed.IN_PERSON] * 9 + [Handed.PROXY, Handed.AT_DOOR, Handed.REFUSED, Handed.NOT_HANDED]
    Visit.objects.bulk_create(
        Visit(
            office=staff.office, recipient=each, provider_id=each.provider_id, day=day, meal=Meal.LUNCH,
            due_at=at(day, LUNCH), duty=duty, worker_id=each.route.worker_id if each.route else None,
            outcome=Outcome.SEEN_WELL, handed=ways[n % len(ways)], reported_at=at(day, LUNCH),
        )
        for n, ((each, day), duty) in enumerate(zip(pairs, duties, strict=True))
    )  # fmt: skip
    for duty in duties:
        duty.look_at, duty.closed_at, duty.outcome = None, duty.due_at, Ending.KEPT
        duty.closed_by = staff.officers[0]
    Duty.objects.bulk_update(duties, ["look_at", "closed_at", "outcome", "closed_by"])
