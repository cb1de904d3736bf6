"""Last month of the demo office, all closed but for the provider that has objected."""

from datetime import date, datetime, timedelta

from dure.care.models import Handed, Visit
from dure.care.money import actions
from dure.care.money.counting import reckon
from dure.care.money.models import Settlement, Side
from dure.demo.staff import Staff
from dure.people.models import Person
from dure.people.rota import DAY

OBJECTS = 2  # the third
OBJECTION = "마지막 주 화요일 배달 2식이 빠져 있습니다. 종이 기록지가 있습니다."


def settle(staff: Staff, day: date, now: datetime) -> None:
    """What both sides say about last month, as far as it was lived (`past.before`)."""
    last = day.replace(day=1) - DAY
    actions.owe_settlements(staff.office.pk, now)
    months = list(Settlement.objects.filter(office=staff.office, month=last.replace(day=1)).order_by("provider"))
    officer, early = staff.officers[0], now - timedelta(hours=3)
    for number, month in enumerate(months):
        desk = staff.desks[month.provider_id][0]
        if number == OBJECTS:
            actions.object_to(month, OBJECTION, by=desk, now=early)
            continue
        for side, by in ((Side.PROVIDER, desk), (Side.OFFICE, officer)):
            _agree(month, side, by, early)
        actions.close(month, by=officer, now=early)
    if months:  # a visit corrected after the close: it stands in this month as a correction
        wrong = Visit.objects.filter(provider=months[0].provider, day__lt=day.replace(day=1)).order_by("pk")[:1]
        Visit.objects.filter(pk__in=wrong.values("pk")).update(handed=Handed.REFUSED)


def _agree(month: Settlement, side: Side, by: Person, now: datetime) -> None:
    seen = reckon(month.office_id, [month])[month.pk].fingerprint
    actions.agree(month, side, seen=seen, by=by, now=now)
