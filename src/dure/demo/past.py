"""The weeks before: what the demo office has behind it, written straight into the tables, all of it closed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from dure import clock
from dure.care.models import PROGRAMME, Handed, Outcome, Visit
from dure.care.opening import Planned, owed, planned
from dure.cases.models import Case, Entry, Finding, Source, Step
from dure.demo.staff import Staff
from dure.duty.models import Claim, ClaimEnd, Duty, Ladder, Telling
from dure.duty.models import Outcome as Ending
from dure.gatherings.models import Attendance, Gathering, Invitation, Kind
from dure.outbox.models import Message
from dure.people.models import Person

ONE_DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEKS = 5
USUAL = 970  # of a thousand visits: seen, and nothing to say
REST = [  # how the others went, by weight
    (8, Outcome.SEEN_WELL, Handed.PROXY), (5, Outcome.SEEN_WELL, Handed.AT_DOOR),
    (3, Outcome.SEEN_WELL, Handed.REFUSED), (6, Outcome.SEEN_WITH_CONCERN, Handed.IN_PERSON),
    (4, Outcome.KNOWN_SAFE, Handed.NOT_HANDED), (12, Outcome.NO_REPLY, Handed.NOT_HANDED),
]  # fmt: skip
ENDS = [(10, Finding.ELSEWHERE), (8, Finding.WELL), (3, Finding.HELPED), (2, Finding.HOSPITAL), (1, Finding.MISTAKE)]


@dataclass
class Past:
    """What was: filled day by day, then kept in a few statements."""

    office: int
    by: Person
    chance: random.Random
    ladder: Ladder
    visits: list[Visit] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    told: list[Telling] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def day(self, day: date) -> None:
        """One day: its visits, and the emergencies of those who couldn't be reached."""
        unseen = [each for each in self._visits(day) if each[0].outcome == Outcome.NO_REPLY]
        for number, (visit, plan) in enumerate(unseen, 1):
            self._case(visit, plan, number)

    def _visits(self, day: date) -> Iterator[tuple[Visit, Planned]]:
        for plan in planned(self.office, day):
            outcome, handed = self._how()
            recipient, at = plan.recipient, plan.due_at - self.chance.randint(0, 20) * MINUTE
            visit = Visit(
                office_id=self.office, recipient=recipient, provider_id=recipient.provider_id, day=day, meal=plan.meal,
                due_at=plan.due_at, meals=plan.meals, order=recipient.route_order, outcome=outcome, handed=handed,
                worker=recipient.route.worker if recipient.route else None, reported_at=at,
            )  # fmt: skip
            visit.duty = self._duty("care.visit", visit, plan, at)
            self.visits.append(visit)
            yield visit, plan

    def _how(self) -> tuple[Outcome, Handed]:
        if self.chance.randrange(1000) < USUAL:
            return Outcome.SEEN_WELL, Handed.IN_PERSON
        [found] = self.chance.choices(REST, [weight for weight, *_ in REST])
        return found[1], found[2]

    def _duty(self, kind: str, about: Visit | Case, plan: Planned, at: datetime) -> Duty:
        was = owed(Visit(ref=about.ref, provider_id=plan.recipient.provider_id), plan)
        page = about.page if isinstance(about, Case) else was.page
        made = Duty(
            office_id=self.office, kind=kind, about=about.ref, what=was.what, values=dict(was.values), page=page,
            organisation_id=was.organisation, area_id=was.area, urgent=True, due_at=was.due_at,
            opened_at=plan.due_at - ONE_DAY / 2, ladder=self.ladder, rungs=self.ladder.rungs, closed_at=at,
            closed_by=self.by, outcome=Ending.KEPT, raised_at=at if kind != "care.visit" else None,
        )  # fmt: skip
        self.duties.append(made)
        return made

    def _case(self, visit: Visit, plan: Planned, number: int) -> None:
        chance, began, recipient = self.chance, visit.reported_at or visit.due_at, plan.recipient
        [(_, finding)] = chance.choices(ENDS, [weight for weight, _ in ENDS])
        opened, quiet = began + chance.randint(0, 2) * MINUTE, finding in (Finding.ELSEWHERE, Finding.MISTAKE)
        went = opened + chance.randint(3, 14) * MINUTE
        seen = went + chance.choice([5, 8, 12, 20, 25, 35, 80]) * MINUTE
        hospital = finding == Finding.HOSPITAL
        case = Case(
            office_id=self.office, number=f"{visit.day:%y%m%d}-{number:02}", programme=PROGRAMME,
            subject=recipient.ref, about=visit.ref, source=Source.WORKER, tier=recipient.tier,
            organisation_id=recipient.provider_id, area_id=recipient.place.area_id, place_id=recipient.place_id,
            card={"name": recipient.name}, opened_at=opened, opened_by=self.by,
            going_at=None if quiet else went, arrived_at=None if quiet else seen - 2 * MINUTE,
            seen_at=None if quiet else seen, danger_at=seen if hospital else None,
            called_119_at=seen + MINUTE if hospital else None, family_told_at=seen + 9 * MINUTE if hospital else None,
            whereabouts="딸 집에 있음" if quiet else "", closed_at=seen + chance.randint(5, 40) * MINUTE,
            closed_by=self.by, finding=finding,
        )  # fmt: skip
        self.cases.append(case)
        self.entries += [
            Entry(office_id=self.office, case=case, step=step, at=at, written_at=at, by=self.by)
            for step, at in ((Step.OPENED, began), (Step.CLOSED, case.closed_at or seen))
        ]
        self._told(self._duty("case.answer", case, plan, case.closed_at or seen), opened)

    def _told(self, duty: Duty, at: datetime) -> None:
        """Somebody is told at once, and takes it on some minutes later."""
        taken = at + self.chance.randint(1, 9) * MINUTE
        self.claims.append(
            Claim(
                office_id=self.office, duty=duty, by=self.by, next_step="전화합니다", at=taken,
                until=taken + 10 * MINUTE, ended_at=duty.closed_at, ended=ClaimEnd.CLOSED,
            )
        )  # fmt: skip
        message = Message(
            office_id=self.office, person=self.by, channel="screen", template=duty.what, values=duty.values,
            urgent=True, created_at=at, stale_at=at + ONE_DAY, sent_at=at,
        )  # fmt: skip
        self.messages.append(message)
        self.told.append(
            Telling(
                office_id=self.office, duty=duty, turn=1, step=0, person=self.by, channel="screen", at=at,
                message=message,
            )
        )  # fmt: skip

    def keep(self) -> None:
        """Write all of it."""
        made: list[Sequence[Any]] = [
            self.duties, self.visits, self.cases, self.entries, self.claims, self.messages, self.told,
        ]  # fmt: skip
        for rows in made:
            for model in {type(row) for row in rows[:1]}:
                model.objects.bulk_create(rows, batch_size=2_000)


def live(office: int, first: date, last: date, by: Person, chance: random.Random) -> Past:
    """Whatever was owed from a day to a day, done and closed. Nobody is told of it now."""
    ladder = Ladder.objects.filter(office=office, name="visit").latest("version")
    past = Past(office, by, chance, ladder)
    for n in range((last - first).days + 1):
        past.day(first + n * ONE_DAY)
    past.keep()
    return past


def before(staff: Staff, day: date) -> None:
    """The demo office's last weeks, until the evening before this day."""
    by, chance = staff.officers[0], random.Random(3)
    live(staff.office.pk, day - timedelta(weeks=WEEKS), day - ONE_DAY, by, chance)
    begins = datetime.combine(day - timedelta(weeks=2), time(15), clock.zone())
    train(by, [workers[0] for workers in staff.workers.values()], begins)


def train(by: Person, people: Sequence[Person], at: datetime) -> None:
    """Once they came together for training."""
    office = by.office_id
    met = Gathering.objects.create(
        office_id=office, programme=PROGRAMME, kind=Kind.TRAINING, title="대면 전달 교육", begins_at=at,
        ends_at=at + 60 * MINUTE, made_at=at - ONE_DAY, changed_at=at, made_by=by, minutes="대면 전달과 응급 대응",
        minuted_at=at + 60 * MINUTE, minuted_by=by,
    )  # fmt: skip
    agencies = {m.organisation_id for person in people for m in person.memberships.all()}
    Invitation.objects.bulk_create(
        Invitation(office_id=office, gathering=met, organisation_id=agency) for agency in sorted(agencies)
    )
    Attendance.objects.bulk_create(
        Attendance(office_id=office, gathering=met, person=each, noted_at=at, noted_by=by) for each in people
    )
