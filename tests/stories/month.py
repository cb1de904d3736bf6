"""August 2026 of an invented office: 300 recipients of five providers, lived day by day through the product's verbs.

Beside what the product keeps stands `truth`: every visit as the story made it, from which the tests reckon by
themselves. On the calendar: 15 August with its substitute on Monday the 17th, a provider closed on Friday the 14th
(two meals on the 13th), a heat week, a price that changes on the 16th, a provider that ends on the 20th.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from dure.care.calls import actions as calls
from dure.care.calls.models import Call, Result, WeatherWarning
from dure.care.calls.opening import open_calls
from dure.care.calls.warnings import switch_on
from dure.care.changes import actions as changes
from dure.care.changes.models import Change
from dure.care.models import Absence, Closure, MealPlan, Outcome, Recipient, Route, Visit
from dure.care.money import actions as money
from dure.care.money.models import Terms
from dure.care.opening import open_day
from dure.care.settling import Seen, settle
from dure.cases.models import Source
from dure.duty.opening import publish_ladder
from dure.offices.acting import act
from dure.offices.models import Office
from dure.people.models import Membership, Organisation, Person
from dure.places.models import Place
from tests import make
from tests.care import world as w

SEOUL, DAY, MINUTE = ZoneInfo("Asia/Seoul"), timedelta(days=1), timedelta(minutes=1)
FIRST, LAST = date(2026, 8, 1), date(2026, 8, 31)
HOLIDAY = date(2026, 8, 17)  # for the 15th, a Saturday
CLOSED, DOUBLE = date(2026, 8, 14), date(2026, 8, 13)  # of the second provider
DEARER, ENDS = date(2026, 8, 16), date(2026, 8, 20)  # from these days on
OUTCOMES = [  # how often in a hundred, outcome, handed
    (90, "seen_well", "in_person"), (3, "seen_well", "proxy"), (2, "seen_well", "at_door"),
    (2, "seen_well", "refused"), (1, "seen_with_concern", "in_person"), (2, "known_safe", "not_handed"),
]  # fmt: skip


def at(day: date, when: time) -> datetime:
    """A time of day where the office is."""
    return datetime.combine(day, when, SEOUL)


@dataclass(frozen=True)
class Made:
    """One visit as the story made it."""

    day: date
    recipient: int
    provider: int
    scheme: int
    meals: int
    outcome: str
    handed: str


@dataclass
class House:
    """One provider with its people and its course."""

    organisation: Organisation
    desk: Person
    worker: Person
    route: Route


@dataclass
class Month:
    """The office of the story."""

    office: Office = field(default_factory=lambda: make.office("팔월구"))
    random: Random = field(default_factory=lambda: Random(8))
    truth: dict[int, Made] = field(default_factory=dict)  # by visit
    away: dict[int, tuple[date, date]] = field(default_factory=dict)  # recipients not at home, from and until
    called: list[tuple[date, int]] = field(default_factory=list)  # who was rung up, and when
    silent: Visit | None = None  # of which nobody has said anything

    def build(self, recipients: int = 300) -> "Month":
        """Dongs, providers, schemes, people, and whom they serve."""
        begins = at(FIRST - 30 * DAY, time(9))
        self.dongs = [make.area(self.office, f"팔월{n}동") for n in range(1, 5)]
        self.centres = [make.organisation(self.office, "centre", area=dong) for dong in self.dongs]
        self.officer = make.person(self.office, "담당", as_="officer")
        oncall = make.person(self.office, "당직", as_="officer")
        for centre in self.centres:
            make.roster(self.office, make.person(self.office, as_="centre", at=centre), answers_for="centre", at=centre)
        make.roster(self.office, oncall, answers_for="oncall")
        make.roster(self.office, self.officer, answers_for="officer")
        for name, order in {**w.LADDERS, "paper": w.rungs(("officer", "office"), wait=86400)}.items():
            publish_ladder(self.office.pk, name, order, by=None, now=begins)
        self.houses = [self._house(n) for n in range(1, 6)]
        make.rewrite(Membership.objects.all(), since=FIRST - 100 * DAY)
        self.schemes = [
            w.scheme(self.officer, "통합돌봄 식사지원", 8000, 500),
            w.scheme(self.officer, "재가노인 급식", 4500),
        ]
        self.recipients = [self._recipient(n) for n in range(recipients)]
        Closure.objects.create(
            office=self.office, provider=self.houses[1].organisation, day=CLOSED, why="급식소 점검", double_before=True
        )
        for recipient in self.recipients[7::25]:
            self.away[recipient.pk] = since, until = date(2026, 8, 10), date(2026, 8, 24)
            Absence.objects.create(
                office=self.office, recipient=recipient, why="hospital", since=since, until=until, told_by="딸",
                told_at=begins, entered_by=self.officer,
            )  # fmt: skip
        return self

    def _house(self, number: int) -> House:
        provider = make.organisation(self.office, "provider", f"수행기관{number}")
        desk = make.person(self.office, f"소장{number}", as_="provider", at=provider)
        worker = make.person(self.office, f"배달{number}", as_="worker", at=provider)
        make.roster(self.office, desk, answers_for="desk", at=provider)
        route = Route.objects.create(office=self.office, provider=provider, name="1코스", worker=worker)
        return House(provider, desk, worker, route)

    def _recipient(self, number: int) -> Recipient:
        house, dong = self.houses[number % 5], self.dongs[number // 5 % 4]
        made = Recipient.objects.create(
            office=self.office, name=f"가상{number:03}", provider=house.organisation, route=house.route,
            centre=self.centres[number // 5 % 4], place=Place.objects.create(
                office=self.office, address=f"팔월로 {number}", area=dong), tier="red" if number % 15 == 0 else "amber",
            scheme=self.schemes[number % 3 == 0], started_on=FIRST - 30 * DAY, route_order=number, phone="062-000-0000",
        )  # fmt: skip
        MealPlan.objects.bulk_create(
            MealPlan(office=self.office, recipient=made, weekday=n, by_time=time(11, 30), since=FIRST - 30 * DAY)
            for n in range(5)
        )
        return made

    def of(self, organisation: int) -> House:
        """The provider's people."""
        return next(house for house in self.houses if house.organisation.pk == organisation)

    # computed apart

    def owed(self, day: date) -> dict[int, tuple[int, int]]:
        """Who is owed a meal on a day, by recipient: by which provider, and how many."""
        found = {}
        if day.weekday() >= 5 or day == HOLIDAY:
            return found
        for number, recipient in enumerate(self.recipients):
            since, until = self.away.get(recipient.pk, (day, day))
            house = number % 5 if number % 5 < 4 or day < ENDS else number // 5 % 4
            if since <= day < until or (house == 1 and day == CLOSED):
                continue
            found[recipient.pk] = self.houses[house].organisation.pk, 2 if house == 1 and day == DOUBLE else 1
        return found

    # lived

    def live(self) -> None:
        """The month, day by day: what the office does that day, then its visits and calls."""
        does = {date(2026, 8, 3): self._heat, date(2026, 8, 10): self._decide}
        day = FIRST
        while day <= LAST:
            act(self.office.pk)
            changes.carry_out(self.office.pk, at(day, time(0, 5)))
            open_day(self.office.pk, day, now=at(day, time(0, 10)))
            open_calls(self.office.pk, day, now=at(day, time(0, 15)))
            does.get(day, lambda: None)()
            visits = Visit.objects.filter(day=day, excused_at=None).select_related("recipient", "duty").order_by("pk")
            for visit in visits:
                self._visit(visit)
            self._call(day)
            day += DAY

    def _heat(self) -> None:
        """A heat week is announced on Monday morning."""
        warning = WeatherWarning(
            office=self.office, kind="heat", until=date(2026, 8, 7), red=True, unknown=False, by_time=time(15)
        )
        switch_on(warning, expected=0, why="폭염경보", by=self.officer, now=at(date(2026, 8, 3), time(8)))

    def _decide(self) -> None:
        """A dearer meal from the 16th on; the fifth provider ends, and its recipients go to the others by dong."""
        now, last = at(date(2026, 8, 10), time(9)), self.houses[4].organisation
        money.say_terms(
            Terms(scheme=self.schemes[0], since=DEARER, unit_price=8400, own_share=500), by=self.officer, now=now
        )
        ends = Change(office=self.office, provider=last, day=ENDS, ends=True, why="계약 만료")
        changes.plan(ends, by=self.officer, now=now)
        for number, dong in enumerate(self.dongs):
            going = list(ends.destinations.filter(recipient__place__area=dong))
            house = self.houses[number]
            changes.send(ends, going, to=house.organisation, route=house.route, by=self.officer, now=now)
        changes.confirm(ends, by=self.officer, now=now)

    def _visit(self, visit: Visit) -> None:
        if self.silent is None and visit.day == LAST and visit.provider_id == self.houses[0].organisation.pk:
            self.silent = visit  # a paper that is found a week later
            return
        [(_, outcome, handed)] = self.random.choices(OUTCOMES, [share for share, *_ in OUTCOMES])
        self.says(visit, outcome, handed, visit.due_at - 20 * MINUTE)

    def _call(self, day: date) -> None:
        """Who is owed a call and wasn't seen is rung up, and answers."""
        for call in Call.objects.filter(day=day, duty__closed_at=None).order_by("pk"):
            said = calls.Said(Result.WELL, uuid4())
            calls.called(call, said, source=Source.DESK, by=self.officer, now=at(day, time(11, 45)))
            self.called.append((day, call.recipient_id))

    def says(self, visit: Visit, outcome: str, handed: str, now: datetime, **values: Any) -> None:
        """The worker reports what came of a visit."""
        who = {"known_safe": "딸", "proxy": "이웃"}.get(outcome if outcome == "known_safe" else handed, "")
        seen = Seen(Outcome(outcome), values.pop("seen_at", now), handed=handed, who=who, **values)
        settle(visit, seen, by=self.of(visit.provider_id).worker, report=None, now=now)
        self.truth[visit.pk] = Made(
            visit.day, visit.recipient_id, visit.provider_id, visit.recipient.scheme_id, visit.meals, outcome, handed
        )

    def net(self, made: Made) -> int:
        """What the office pays for a meal: the first scheme is dearer from the 16th on."""
        if made.scheme == self.schemes[1].pk:
            return 4500
        return 7900 if made.day >= DEARER else 7500
