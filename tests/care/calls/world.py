"""An office on a Saturday: meals come from Monday to Friday, and those at high risk are called."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from dure.care.calls import actions, opening
from dure.care.calls.actions import Said, silence
from dure.care.calls.models import Call, Home, Result, WeatherWarning
from dure.care.models import Recipient
from dure.care.opening import at
from dure.cases.models import Case, Source
from dure.duty.models import Duty
from dure.duty.watch import sweep
from dure.people.models import Person
from tests import make
from tests.care import world as care
from tests.care.world import World

SATURDAY, SUNDAY, MONDAY = date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30)
FRIDAY = date(2026, 11, 27)
HOOKS = {**care.HOOKS, "care.call": silence}
MINUTE = timedelta(minutes=1)


def when(clock: str, day: date = SATURDAY) -> datetime:
    return at(day, time.fromisoformat(clock))


def at_risk(world: World, n: int, **values: object) -> list[Recipient]:
    return [care.recipient(world, f"고위험{k:02}", tier="red", phone="010-0000-0000", **values) for k in range(n)]


def opened(world: World, day: date = SATURDAY, now: datetime | None = None) -> list[Call]:
    opening.open_calls(world.office.pk, day, now=now or when("08:00", day))
    return list(Call.objects.filter(day=day).select_related("duty", "recipient").order_by("recipient__name", "number"))


def called(call: Call, result: str, clock: str | datetime, by: Person, **said: object) -> None:
    now = when(clock, call.day) if isinstance(clock, str) else clock
    actions.called(
        call, Said(Result(result), **{"key": uuid4(), **said}), source=Source.OFFICE, by=by, now=now
    )  # fmt: skip


def watch(at: datetime) -> None:
    make.role("engine")
    while sweep(at, HOOKS):
        pass
    make.role("app")


def fresh(call: Call) -> Call:
    return Call.objects.select_related("duty", "recipient").get(pk=call.pk)


def case_of(recipient: Recipient) -> Case | None:
    return Case.objects.filter(subject=recipient.ref, closed_at=None).first()


def open_duty(call: Call) -> Duty | None:
    return Duty.objects.filter(kind="care.call", about=call.recipient.ref, closed_at=None).first()


def home(of: Recipient, **facts: bool) -> Home:
    return Home.objects.create(office=of.office, recipient=of, **facts)


def heat(world: World, until: date = SATURDAY, by: str = "15:00", **values: object) -> WeatherWarning:
    return WeatherWarning(
        office=world.office, kind="heat", until=until, by_time=time.fromisoformat(by),
        **{"unknown": False, "homebound": True, **values},
    )  # fmt: skip
