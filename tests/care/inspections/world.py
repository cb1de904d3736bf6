"""A November with everything in it that an inspection asks for; it is the 1st of December, ten in the morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dure.care.calls.models import WeatherWarning
from dure.care.certificates import actions as certificates
from dure.care.certificates.actions import New
from dure.care.certificates.models import Kind
from dure.care.certificates.standard import begin
from dure.care.changes.models import Change
from dure.care.complaints import actions as complaints
from dure.care.complaints.models import Complaint
from dure.care.models import Closure, Move, Recipient, Visit
from dure.care.money import actions as money
from dure.care.money.counting import reckon
from dure.care.money.models import Belonging, Settlement, Side
from dure.cases.hours import is_working_day
from dure.duty.opening import publish_ladder
from dure.gatherings import actions as gatherings
from dure.gatherings import sending
from dure.gatherings.models import Circular, Gathering
from dure.people.models import Organisation, Person, Role
from tests import make
from tests.care import world as care
from tests.care.figures import lived

FIRST = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
SINCE, UNTIL = date(2026, 11, 2), date(2026, 11, 20)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOVEMBER = "since=2026-11-01&until=2026-11-30"


@dataclass
class World:
    lived: lived.Lived
    ours: Organisation
    theirs: Organisation
    officer: Person
    desk: Person
    lapsed: Person  # a worker of ours whose certificate had lapsed
    never: Person  # one of whom none was ever entered
    somebody: Recipient

    @property
    def office(self) -> int:
        return self.lived.office.pk


def build(people: int = 8) -> World:
    of = lived.office(people, SINCE)
    publish_ladder(of.office.pk, "paper", care.rungs(("officer", "office"), wait=86400), by=None, now=make.NOON)
    make.roster(of.office, of.officer, answers_for="officer")
    lived.live(of, SINCE, UNTIL)
    ours, theirs = of.providers
    workers = [make.person(of.office, name, Role.WORKER, ours) for name in ("강만료", "문미등록")]
    world = World(of, ours, theirs, of.officer, of.desk, *workers, of.recipients[0])
    _staff(world)
    _together(world)
    _said(world)
    _odd_days(world)
    return world


def _staff(world: World) -> None:
    """One worker's certificate lapsed in the middle of the month, after which he still went."""
    office = world.lived.office
    begin(office.pk, now=make.NOON)
    health = Kind.objects.get(office=office, code=Kind.HEALTH)
    certificates.enter(New(world.lapsed, health, date(2025, 10, 10)), by=world.desk, now=make.NOON)
    mine = Visit.objects.filter(provider=world.ours).order_by("day", "pk")
    keys = list(mine.values_list("pk", flat=True))
    Visit.objects.filter(pk__in=keys[::2]).update(worker=world.lapsed)
    Visit.objects.filter(pk__in=keys[1::2]).update(worker=world.never)


def _together(world: World) -> None:
    """A training to which only ours came, a meeting without minutes, and a circular that one has read."""
    said = {"by": world.officer, "now": make.NOON - 12 * DAY}
    begins = make.NOON - 10 * DAY
    title = f"{world.somebody.name} 어르신 사례 교육"
    training = Gathering(programme="care", kind="training", title=title, begins_at=begins, ends_at=begins + HOUR)
    held = gatherings.arrange(training, world.lived.providers, **said)
    gatherings.attended(held, [world.desk, world.lapsed], [], seen=held.changed_at, by=world.officer, now=begins)
    gatherings.minuted(held, "끝", seen=begins, by=world.officer, now=begins + HOUR)
    later = make.NOON - 5 * DAY
    meeting = Gathering(programme="care", kind="meeting", title="간담회", begins_at=later, ends_at=later + HOUR)
    gatherings.arrange(meeting, [world.theirs], **said)
    circular = Circular(programme="care", title="대면 전달 원칙", text="-", answer_by=make.DAY - 3 * DAY)
    sent = sending.send(circular, world.lived.providers, works=is_working_day, **said)
    sending.acknowledge(sent, [world.ours.pk], by=world.desk, now=make.NOON - DAY)


def _said(world: World) -> None:
    """Complaints: one answered late, one open and overdue, one about the other provider; each names somebody."""
    desk, dong = make.house(world.lived.office), world.lived.dongs[0]
    made = []
    for on, provider in ((make.DAY - 18 * DAY, world.ours), (make.DAY - 14 * DAY, world.ours), (make.DAY, None)):
        complaint = Complaint(
            kind="grievance", way="phone", received_on=on, title=f"{world.somebody.name} 배달", text="늦습니다.",
            name="나민원", phone="010-0000-9999", provider=provider or world.theirs, area=dong, desk=desk,
        )  # fmt: skip
        made.append(complaints.receive(complaint, by=world.officer, now=make.NOON))
    complaints.ask(made[0], world.ours, make.DAY - 16 * DAY, by=world.officer, now=make.NOON - 17 * DAY)
    complaints.answer(made[0], "죄송합니다.", "phone", make.DAY, by=world.officer, now=make.NOON)


def _odd_days(world: World) -> None:
    """A closed day, a cold warning, and one recipient who went from ours to theirs as theirs was to end."""
    office = world.lived.office
    Closure.objects.get_or_create(
        office=office, provider=world.ours, day=date(2026, 11, 12),
        defaults={"why": f"{world.somebody.name} 댁 공사", "double_before": True},
    )  # fmt: skip
    WeatherWarning.objects.create(
        office=office, kind="cold", since_at=make.NOON - 5 * DAY, first_day=make.DAY - 5 * DAY,
        until=make.DAY - 2 * DAY, alone=True, by_time=datetime(2026, 1, 1, 12).time(), ended_at=make.NOON - 3 * DAY,
    )  # fmt: skip
    moved = {"office": office, "day": make.DAY - 3 * DAY, "made_at": make.NOON - 9 * DAY, "made_by": world.officer}
    for n, (was, to) in enumerate(((world.ours, world.theirs), (world.theirs, None), (world.ours, world.theirs))):
        done = None if n == 2 else make.NOON - 3 * DAY
        who = world.lived.recipients[n]
        Move.objects.create(recipient=who, was=was, provider=to, why="" if to else "이사", done_at=done, **moved)
    Change.objects.create(
        office=office, provider=world.theirs, day=make.DAY - 3 * DAY, ends=True, why="계약 종료",
        made_at=make.NOON, made_by=world.officer, confirmed_at=make.NOON, confirmed_by=world.officer,
        done_at=make.NOON,
    )  # fmt: skip


def settled(world: World) -> None:
    """Both sides agree to our November; theirs objects to its own."""
    money.owe_settlements(world.office, FIRST)
    make.act(world.office)
    served = {scheme.pk: scheme for scheme in world.lived.schemes}
    for each in Recipient.objects.all():  # who was in no scheme for some days is in one now
        for since in {
            each.started_on,
            *Belonging.objects.filter(recipient=each, scheme=None).values_list("since", flat=True),
        }:
            scheme = served.get(each.scheme_id, world.lived.schemes[0])
            money.belongs(each, scheme, since, by=world.officer, now=FIRST)
    month = Settlement.objects.get(provider=world.ours, month=date(2026, 11, 1))
    for side, by in ((Side.PROVIDER, world.desk), (Side.OFFICE, world.officer)):
        seen = reckon(world.office, [month])[month.pk].fingerprint
        money.agree(month, side, seen=seen, by=by, now=FIRST)
