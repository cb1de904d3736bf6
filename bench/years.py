"""Three years of the Korean calendar, lived day by day on the real kernel: nobody dropped, no moment moved.

A small office lives from 1 January 2026 to 31 December 2028 (--short: the first four months): each morning its visits
are opened; most are kept, of every 24th a phone reports whose clock is up to a day wrong, every 96th stays silent
until somebody finds out where the person is; numbers are tested and recipients reviewed when that is owed, weekly rotas
write the shifts, and the real watch looks whenever something is due. Beside it stands what should happen, computed
apart: holidays by the law's own rules (`bench/feasts.py`), who is on shift by counting weeks, deadlines by adding
minutes.

Goals: every day owes exactly the visits that the calendar says; every deadline is its local time to the second,
whatever the phones believe; every silence is told at its deadline to whoever is on shift then; at every half hour of
the three years exactly one person answers; what isn't urgent is told between 7 and 21; at the end nothing that is open
lies in the past. All that in at most 60 CPU-seconds, the database's included, scaled by a calibration loop of the run.
With --sabotage the product forgets the substitute holidays, or reckons the times of day in UTC: that has to be noticed.

    .venv/bin/python bench/years.py [--short] [--sabotage substitutes|zone]
"""

import json
import sys
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402
from bench.feasts import LUNAR, holidays_of  # noqa: E402

GOAL, BEGINNING = 60.0, 3.0  # the second: what the first days cost more, of which a short run has as many
CALIBRATED = 0.15  # seconds that the calibration loop takes on the machine for which the goal was set
FIRST, LAST, SHORT_LAST = date(2026, 1, 1), date(2028, 12, 31), date(2026, 4, 30)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SEOUL = ZoneInfo("Asia/Seoul")
CLOSED = {  # the office's own closed days, and whether the day before brings two meals
    date(2026, 3, 20): True, date(2026, 4, 24): False, date(2026, 11, 20): True, date(2027, 11, 19): True,
    date(2028, 11, 17): False,
}  # fmt: skip
REPORTED, SILENT = 24, 96  # every 24th visit is reported by a phone, every 96th by nobody


HOLIDAYS = set().union(*map(holidays_of, LUNAR))


def at(day: date, when: time) -> datetime:
    """A time of day in Seoul, which never changes its clocks."""
    return datetime.combine(day, when, SEOUL)


class Seen(Counter[str]):
    """How much was seen, and what was wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def check(self, what: str, is_so: object) -> None:
        """Count it; keep what isn't so."""
        self[what.split(":")[0]] += 1
        if not is_so:
            self.wrong.append(what)


class Years:
    """The office and its people; what it plans, and what was computed apart beside it."""

    def __init__(self, seen: Seen) -> None:
        from tests import make
        from tests.care import world as w

        from dure.care.models import MealPlan
        from dure.people.models import Membership, Shift

        self.seen, self.random = seen, Random(7)
        self.world = world = w.build()
        self.office = world.office
        Shift.objects.all().delete()
        self.nights = [make.person(self.office, f"야간{n}") for n in range(3)]
        self.weekends = [make.person(self.office, f"주말{n}") for n in range(2)]
        self.holiday = make.person(self.office, "공휴일")
        make.rewrite(Membership.objects.all(), since=FIRST - 100 * DAY)
        self._rotas()
        self.plans: dict[int, tuple[set[int], time, int, Any]] = {}  # by recipient: weekdays, by when, grace, recipient
        for weekdays, by_time, tier in (
            ({0, 1, 2, 3, 4}, time(11, 30), "amber"),
            ({0, 2, 4}, time(17, 30), "red"),
            (set(range(7)), time(12), "green"),
        ):
            made = w.recipient(
                world,
                weekdays=sorted(weekdays),
                by_time=by_time,
                tier=tier,
                started_on=FIRST - 30 * DAY,  # type: ignore[arg-type]
            )
            MealPlan.objects.filter(recipient=made).update(since=FIRST - 30 * DAY)
            self.plans[made.pk] = weekdays, by_time, 15 if tier == "red" else 30, made
        self._closures()

    def _rotas(self) -> None:
        """The desk by day, the centre on working days, and who is on call at all other times; weeks in turn."""
        from dure.people.models import Roster, Rota
        from dure.people.rotas import begin

        world, whole_week = self.world, [*range(7)]
        before = at(FIRST - 3 * DAY, time(0))
        rosters = {each.answers_for: each for each in Roster.objects.all()}
        said: list[tuple[str, dict[str, Any], list[Any]]] = [
            ("desk", {"weekdays": whole_week, "starts": time(0), "ends": time(0)}, [world.desk]),
            ("officer", {"weekdays": whole_week, "starts": time(0), "ends": time(0)}, [world.officer]),
            ("centre", {"weekdays": whole_week[:5], "starts": time(9), "ends": time(18), "holidays": "not"},
             [world.centre]),
            ("oncall", {"weekdays": whole_week, "starts": time(18), "ends": time(9)}, self.nights),
            ("oncall", {"weekdays": [5, 6], "starts": time(9), "ends": time(18)}, self.weekends),
            ("oncall", {"weekdays": whole_week[:5], "starts": time(9), "ends": time(18), "holidays": "only"},
             [self.holiday]),
            ("oncall", {"weekdays": whole_week[:5], "starts": time(9), "ends": time(18), "holidays": "not"},
             [world.oncall]),
        ]  # fmt: skip
        for answers_for, values, people in said:
            rota = Rota(
                office=self.office, roster=rosters[answers_for], since=FIRST - 3 * DAY, **{"holidays": "every"} | values
            )
            begin(rota, [[person] for person in people], by=world.officer, now=before)

    def _closures(self) -> None:
        from dure.care.models import Closure

        for day, double in CLOSED.items():
            Closure.objects.create(office=self.office, day=day, why="김장", double_before=double)

    # computed apart

    def is_working(self, moment: datetime) -> bool:
        """Whether the centre is open."""
        here = moment.astimezone(SEOUL)
        closed = here.weekday() >= 5 or here.date() in HOLIDAYS or here.date() in CLOSED
        return time(9) <= here.time() < time(18) and not closed

    def on_call(self, moment: datetime) -> int:
        """Who is on call for the office: one person at every moment."""
        here = moment.astimezone(SEOUL)
        day = here.date() if here.time() >= time(9) else here.date() - DAY
        week = ((day - timedelta(days=day.weekday())) - date(2025, 12, 29)).days // 7
        if not time(9) <= here.time() < time(18):
            return int(self.nights[week % 3].pk)
        if day.weekday() >= 5:
            return int(self.weekends[week % 2].pk)
        return int((self.world.oncall if self.is_working(moment) else self.holiday).pk)

    def owes(self, day: date) -> dict[int, tuple[datetime, int]]:
        """By recipient: by when the visit is reported at the latest, and how many meals it brings."""
        if day in HOLIDAYS or day in CLOSED:
            return {}
        found = {}
        for pk, (weekdays, by_time, grace, _) in self.plans.items():
            if day.weekday() in weekdays:
                following = next(d for n in range(1, 8) if (d := day + n * DAY).weekday() in weekdays)
                found[pk] = at(day, by_time) + grace * MINUTE, 2 if CLOSED.get(following) else 1
        return found

    # lived

    def live(self, last: date) -> None:
        """All days."""
        from tests import make

        from dure.care import numbers, reviews, rosters
        from dure.care.models import Visit
        from dure.care.opening import open_day
        from dure.offices.acting import act

        day = FIRST
        while day <= last:
            make.role("engine")
            act(self.office.pk)
            morning = at(day, time(0, 10))
            if (day - FIRST).days % 42 == 0:  # the product does so every hour, eight weeks ahead
                rosters.write_all(self.office.pk, at(day - DAY, time(23)))
                self._shifts(day, min(day + 41 * DAY, last))
            if (day - FIRST).days % 14 == 0:
                numbers.owe_tests(self.office.pk, morning)
                reviews.owe_reviews(self.office.pk, morning)
            open_day(self.office.pk, day, now=morning)
            visits = list(Visit.objects.filter(day=day).select_related("duty"))
            found = {v.recipient_id: (v.duty.due_at, v.meals) for v in visits}
            self.seen.check(f"days that owe what the calendar says: {day}", found == self.owes(day))
            self._live_through(day, visits)
            day += DAY
        self._at_the_end(at(day, time(0)))

    def _shifts(self, day: date, last: date) -> None:
        """At every half hour of these days one person is on call, the right one, and the centre when it is open."""
        from dure.people.models import Shift

        begins, ends = at(day, time(0)), at(last + DAY, time(0))
        then = Shift.objects.filter(starts_at__lt=ends, ends_at__gt=begins).order_by("starts_at")
        coming = deque(then.values_list("starts_at", "ends_at", "roster__answers_for", "person_id"))
        running: list[tuple[datetime, datetime, str, int]] = []
        for n in range((ends - begins) // (30 * MINUTE)):
            moment = begins + n * 30 * MINUTE
            while coming and coming[0][0] <= moment:
                running.append(coming.popleft())
            running = [each for each in running if each[1] > moment]
            on = {(of, person) for _, _, of, person in running}
            right = {("oncall", self.on_call(moment)), ("desk", self.world.desk.pk), ("officer", self.world.officer.pk)}
            right |= {("centre", self.world.centre.pk)} if self.is_working(moment) else set()
            self.seen.check(f"half hours with who should answer: {moment:%Y-%m-%d %H:%M} {on}", on == right)

    def _live_through(self, day: date, visits: list[Any]) -> None:
        """Phones report, the rest is silent; the watch looks whenever something is due; people do what is owed."""
        from django.db.models import Min

        from dure.duty.actions import close
        from dure.duty.models import Duty, Outcome

        self._people_act()
        kept, silent = [], []
        for visit in visits:
            self.seen["visits"] += 1
            if self.seen["visits"] % SILENT == 0:
                silent.append(visit)
            elif self.seen["visits"] % REPORTED == 0:
                self._report(visit, visit.due_at - 10 * MINUTE)
            else:
                kept.append(visit.duty)
        close(kept, by=self.world.worker, outcome=Outcome.KEPT, now=at(day, time(11)))
        self._people_work(day)
        end = at(day + DAY, time(0))
        while moment := Duty.objects.filter(closed_at=None, look_at__lt=end).aggregate(next=Min("look_at"))["next"]:
            self._watch(moment)
            for visit in [each for each in silent if moment >= each.duty.due_at]:
                silent.remove(visit)
                self._silence(visit, moment)
        self.seen.check(f"days on which every silence was heard: {day}", not silent)

    def _people_act(self) -> None:
        """From here on as the web process."""
        from tests import make

        from dure.offices.acting import act

        make.role("app")
        act(self.office.pk)

    def _watch(self, now: datetime) -> None:
        from tests import make
        from tests.care.world import HOOKS

        from dure.duty.watch import sweep

        make.role("engine")
        while sweep(now, HOOKS):
            pass

    def _report(self, visit: Any, now: datetime) -> None:
        """A phone whose clock is up to a day wrong, and set to another zone, says that all is well."""
        from dure.care import phone
        from dure.duty.reports import Envelope, hand_in

        wrong = timedelta(minutes=self.random.randint(-1440, 1440))
        sent = (now + wrong).astimezone(UTC)
        body = json.dumps({"outcome": "seen_well"})
        made = Envelope(uuid4(), "care.visit", 1, body, about=visit.ref, seen_at=sent - MINUTE, sent_at=sent)
        hand_in(made, phone.TAKERS, by=self.world.worker, device=None, now=now)
        visit.duty.refresh_from_db()
        self.seen.check(
            f"deadlines that stayed: {visit.day}", visit.duty.due_at == self.owes(visit.day)[visit.recipient_id][0]
        )
        self.seen.check(f"reports that closed their visit: {visit.day}", visit.duty.outcome == "kept")

    def _silence(self, visit: Any, now: datetime) -> None:
        """Raised at its deadline and told to the desk; after twelve minutes somebody finds out where the person is."""
        from django.db import transaction

        from dure.care.alarms import after_case, before_case_ends
        from dure.cases.actions import close_case, record
        from dure.cases.models import Case, Finding, Step
        from dure.duty.models import Duty, Telling

        deadline = self.owes(visit.day)[visit.recipient_id][0]
        raised = Duty.objects.get(pk=visit.duty_id).raised_at
        self.seen.check(f"silences raised at their deadline: {visit.day}", raised == deadline == now)
        moments = [now + minutes * MINUTE for minutes in (0, 5, 10, 12)]
        for moment in moments[1:]:
            self._watch(moment)
        second = self.world.centre.pk if self.is_working(moments[1]) else self.on_call(moments[1])
        right = [(moments[0], self.world.desk.pk), (moments[1], second), (moments[2], self.on_call(moments[2]))]
        told = list(Telling.objects.filter(duty=visit.duty_id).order_by("at").values_list("at", "person_id"))
        self.seen.check(f"silences told to who is on shift, and when: {visit.day} {told}", told == right)
        self._people_act()
        case = Case.objects.get(closed_at=None)
        later = moments[-1]
        case = record(case, Step.WHEREABOUTS, by=self.world.desk, now=later, who="딸", note="딸 집에 있음")
        with transaction.atomic():
            before_case_ends(case)
            case = close_case(case, finding=Finding.ELSEWHERE, by=self.world.desk, now=later + MINUTE)
            after_case(case, by=self.world.desk, now=later + MINUTE)

    def _people_work(self, day: date) -> None:
        """At eleven in the morning people do what they were told to: test numbers, review recipients."""
        from dure.care import numbers, reviews
        from dure.care.models import Recipient
        from dure.duty.models import Duty
        from dure.people.addresses import Answer, called
        from dure.people.models import Organisation

        eleven = at(day, time(11))
        told = Duty.objects.filter(kind__in=[numbers.KIND, reviews.KIND], closed_at=None, turn__gt=0)
        for owed in list(told):
            self.seen[f"done: {owed.kind}"] += 1
            if owed.kind == numbers.KIND:
                house = Organisation.objects.get(ref=owed.about)
                for address in numbers.untested([house.pk], eleven)[house.pk]:
                    called(address, Answer.ANSWERED, by=self.world.officer, now=eleven)
                numbers.finish(house, by=self.world.officer, now=eleven)
            else:
                recipient = Recipient.objects.get(ref=owed.about)
                reviews.reviewed(recipient, changed=False, by=self.world.officer, now=eleven)

    def _at_the_end(self, end: datetime) -> None:
        """Nothing that is open lies in the past, and nothing that isn't urgent was told in the night."""
        from dure.duty.models import Duty, Telling

        owed = Counter(Duty.objects.filter(kind="care.review").values_list("about", flat=True))
        times = (end - at(FIRST, time(0))).days // 210  # half a year, and here they are looked for every two weeks
        for *_, recipient in self.plans.values():
            self.seen.check(f"recipients reviewed each half year: {owed}", owed[recipient.ref] >= times)
        for duty in Duty.objects.filter(closed_at=None):
            self.seen.check(
                f"open ones to be looked at in time: {duty.kind} {duty.look_at}", duty.look_at and duty.look_at >= end
            )
        for told in Telling.objects.filter(duty__urgent=False).values_list("at", flat=True):
            here = told.astimezone(SEOUL).time()
            self.seen.check(f"told by day what isn't urgent: {told}", time(7) <= here < time(21))


def substitutes() -> None:
    """The product forgets the substitute holidays."""
    import holidays

    from dure.care import days

    days.public_holidays = lambda year: {
        day: name
        for day, name in holidays.country_holidays("KR", years=year, language="ko").items()
        if "대체" not in name
    }


def zone() -> None:
    """The product reckons the times of day in UTC."""
    from dure import clock

    clock.zone = lambda: ZoneInfo("UTC")


SABOTAGES: dict[str, Callable[[], None]] = {"substitutes": substitutes, "zone": zone}


def main() -> None:
    """Live the years, say what was seen, and the verdict last."""
    asked = ground.asked(__doc__)
    asked.add_argument("--sabotage", choices=sorted(SABOTAGES), default="")
    said = asked.parse_args()
    before = ground.calibrated()
    last = SHORT_LAST if said.short else LAST
    with ground.own():
        seen = Seen()
        years = Years(seen)
        if said.sabotage:
            SABOTAGES[said.sabotage]()
        began = ground.cpu(ground.backend())
        try:
            years.live(last)
        except Exception as problem:
            seen.wrong.append(f"it ended early: {problem!r}")
        seconds = ground.cpu(ground.backend()) - began
    slowly = max(1.0, (before + ground.calibrated()) / 2 / CALIBRATED)
    days = (last - FIRST).days + 1
    goal = slowly * (GOAL if last == LAST else BEGINNING + GOAL * days / 1096)
    print(f"{days:,} days from {FIRST} to {last}")
    for what, n in sorted(seen.items()):
        print(f"  {what}: {n:,}")
    print(f"wrong: {len(seen.wrong)}")
    print("".join(f"  {line}\n" for line in seen.wrong[:20]), end="")
    print(f"{seconds:.1f} CPU-seconds (goal ≤ {goal:.0f}: this machine is {slowly:.1f} times slower than the goal's)")
    met = not seen.wrong and seconds <= goal
    print("goal met" if met else "goal missed")
    sys.exit(not met)


if __name__ == "__main__":
    main()
