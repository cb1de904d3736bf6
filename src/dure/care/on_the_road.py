"""The worker is looked after too: a course that isn't started, and a phone that falls silent on the road.

Both are owed beforehand, with the moment from which somebody asks: silence raises them by itself, whatever else has
stopped. What the worker reports moves or ends them, and only a person ends them. No location is tracked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from dure import clock
from dure.care.models import Course, Sighting, Visit
from dure.duty.actions import close
from dure.duty.models import Duty, Ladder, Outcome
from dure.duty.opening import Owed, open_duties, put_off
from dure.health.actions import fault
from dure.offices.acting import acting
from dure.people.models import Device, Membership, Person, Role
from dure.rules.actions import Rules, Standard, begin, rules
from dure.rules.models import Unit

STARTS, SILENT, ORDER = "care.course", "care.silent", "worker"
NOT_STARTED = gettext_noop("The course %(course)s hasn't been started (planned for %(time)s). Call the worker.")
NOT_HEARD = gettext_noop("The phone of %(person)s isn't heard on the road. Call at once: %(phone)s")
NO_ORDER = gettext_noop("Nobody is told when a worker hasn't started or isn't heard: that contact order is missing.")
OWN, SINCE = "지자체 운영 기준", date(2026, 1, 1)
RULES = [
    Standard("worker-start", gettext_noop("Worker: minutes after the planned start until a course that isn't started"
             " is asked about"), 20, Unit.MINUTES, OWN, SINCE),
    Standard("worker-silent", gettext_noop("Worker: minutes past the next stop until a silent phone is asked about"),
             30, Unit.MINUTES, OWN, SINCE),
    Standard("worker-trial", gettext_noop("Worker: days at the beginning on which a silent phone is only counted"), 7,
             Unit.DAYS, OWN, SINCE),
]  # fmt: skip
A_MINUTE = timedelta(minutes=1)
TO_MAKE = Q(excused_at=None, duty__closed_at=None)
BY_WHO_DRIVES = Q(by=F("visit__worker")) | Q(by_paper=True)


def driven(course: str) -> Q:
    """Whether somebody is on the road with a course: it was started, or who drives it has reported at a door."""
    seen = Sighting.objects.filter(BY_WHO_DRIVES, visit__course=OuterRef(course or "pk"))
    return Q(**{f"{course}__started_at__isnull" if course else "started_at__isnull": False}) | Q(Exists(seen))


def minutes(office: int, name: str, now: datetime) -> timedelta:
    """What a rule of the office says today, at least a minute."""
    return max(timedelta(minutes=_rules(office, now).number(name, clock.local(now).date())), A_MINUTE)


def _rules(office: int, now: datetime) -> Rules:
    known = rules(office, RULES)
    if any(not known.rows[each.name] for each in RULES):
        begin(office, RULES, now=now)
    return known


def owe_starts(office: int, day: date, *, now: datetime) -> int:
    """Each course of a day that has stops is to be started; how many are owed anew.

    One that was ended without having been started is owed again when it has stops after all.
    """
    if day < clock.local(now).date():
        return 0
    stops = Visit.objects.filter(TO_MAKE, course=OuterRef("pk"))
    waiting = Course.objects.filter(Exists(stops), ~driven(""), office_id=office, day=day, finished_at=None)
    courses = list(waiting.select_related("route").order_by("pk"))
    about = Duty.objects.filter(kind=STARTS, about__in=[course.ref for course in courses])
    last = about.order_by("about", "-pk").distinct("about").values_list("about", "outcome")
    known = {ref for ref, outcome in last if outcome != Outcome.EXCUSED}
    return _owe([course for course in courses if course.ref not in known], office, now)


def _owe(courses: Collection[Course], office: int, now: datetime) -> int:
    if not courses or not _told(office, now):
        return 0
    patience = minutes(office, "worker-start", now)
    return len(open_duties(office, [start_of(course, patience, now) for course in courses], by=None, now=now))


def start_of(course: Course, patience: timedelta, now: datetime) -> Owed:
    """That a course is started, some time after its planned start or after now."""
    values = {"course": str(course.route), "time": f"{clock.local(course.starts_at):%H:%M}"}
    return Owed(
        kind=STARTS, what=NOT_STARTED, values=values, due_at=max(course.starts_at, now) + patience, ladder=ORDER,
        page=f"/care/workers/courses/{course.ref}/", organisation=course.provider_id, about=course.ref, urgent=True,
    )  # fmt: skip


def _told(office: int, now: datetime) -> bool:
    """Whether the office has said who is told. Without it visits are opened all the same, and it is a fault."""
    if Ladder.objects.filter(office_id=office, name=ORDER).exists():
        return True
    fault(f"order {ORDER}", NO_ORDER, now=now, office=office)
    return False


def changed(courses: Collection[int | None], *, by: Person, now: datetime, also: Collection[int | None] = ()) -> None:
    """Something was done with stops of these courses: started, reported, excused, given to somebody.

    Whose start isn't owed any more is ended by whoever did it; who drives them, and `also` these, may be silent for as
    long as their next stop says.
    """
    known = [course for course in courses if course]
    with acting(by.office_id, by.pk):  # whoever did it may see less than what follows from it
        if known:
            _started(known, by, now)
        drives = set(Visit.objects.filter(course__in=known).values_list("worker", flat=True)) if known else set()
        follow({worker for worker in {*drives, *also} if worker}, by=by, now=now)


def _started(courses: Collection[int], by: Person, now: datetime) -> None:
    refs = Course.objects.filter(pk__in=courses).values("ref")
    found = Duty.objects.filter(kind=STARTS, about__in=refs, closed_at=None)
    owed = {duty.about: duty for duty in found if duty.about}
    if not owed:
        return
    there = Course.objects.filter(ref__in=owed)
    begun = set(there.filter(driven("")).values_list("ref", flat=True))
    with_stops = set(Visit.objects.filter(TO_MAKE, course__ref__in=owed).values_list("course__ref", flat=True))
    close([owed[ref] for ref in owed if ref in begun], by=by, outcome=Outcome.KEPT, now=now)
    empty = [owed[ref] for ref in owed if ref not in begun and ref not in with_stops]
    close(empty, by=by, outcome=Outcome.EXCUSED, now=now)


@dataclass(frozen=True)
class Expected:
    """By when, at the latest, a worker on the road is heard: what it depends on, and whether only to be counted."""

    person: Person
    provider: int
    stop_at: datetime
    heard_at: datetime
    patience: timedelta
    trial: bool

    @property
    def due_at(self) -> datetime:
        """From then on the silence is asked about."""
        return max(self.stop_at, self.heard_at) + self.patience

    @property
    def values(self) -> dict[str, Any]:
        """What a contact needs to move it, without asking for anything else."""
        return {"stop_at": self.stop_at.isoformat(), "patience": int(self.patience.total_seconds())}


def next_stops(workers: Collection[int], day: date) -> QuerySet[Visit]:
    """The next stop of each of these workers who are on the road, and nothing of who isn't."""
    left = Visit.objects.filter(TO_MAKE, driven("course"), worker__in=workers, day=day, outcome="")
    left = left.filter(course__finished_at=None).order_by("worker_id", "due_at", "order", "pk").distinct("worker_id")
    return left.select_related("worker")


def expected(workers: Collection[int], now: datetime) -> dict[int, Expected]:
    """Who of these is on the road with a phone, and until when each may be silent."""
    day = clock.local(now).date()
    stops = list(next_stops(workers, day))
    if not stops:
        return {}
    office = stops[0].office_id
    known, patience = _rules(office, now), minutes(office, "worker-silent", now)
    trial = timedelta(days=known.number("worker-trial", day))
    phones, began = _phones([stop.worker_id for stop in stops if stop.worker_id]), _began(stops)
    return {
        stop.worker.pk: Expected(
            stop.worker, stop.provider_id, stop.due_at, heard, patience,
            trial=now < since + trial or day < began[stop.provider_id] + trial,
        )
        for stop in stops
        if stop.worker and stop.worker.pk in phones
        for heard, since in [phones[stop.worker.pk]]
    }  # fmt: skip


def _began(stops: Collection[Visit]) -> Mapping[int, date]:
    """Since which day each provider drives."""
    theirs = Course.objects.filter(provider__in={stop.provider_id for stop in stops}).order_by()
    return dict(theirs.values_list("provider").annotate(Min("day")))


def _phones(workers: Collection[int]) -> dict[int, tuple[datetime, datetime]]:
    """Whose phone was heard last when, and is one of its kind since when: a new code alone begins no new trial."""
    found: dict[int, tuple[datetime, datetime]] = {}
    first: dict[tuple[int, str], datetime] = {}
    for each in Device.objects.filter(person__in=workers).order_by("enrolled_at", "pk"):
        since = first.setdefault((each.person_id, each.name), each.enrolled_at)
        if each.revoked_at is None:
            found[each.person_id] = (each.heard_at or each.enrolled_at, since)
    return found


def follow(workers: Collection[int], *, by: Person, now: datetime) -> None:
    """How long each of these may be silent from here on; of whom nothing is expected any more, `by` has ended it.

    What is due already stays until it is asked about: nobody stands down because stops were given to somebody else.
    """
    people = dict(Person.objects.filter(pk__in=workers).values_list("pk", "ref")) if workers else {}
    found = list(Duty.objects.filter(kind=SILENT, about__in=people.values(), closed_at=None).order_by("-pk"))
    owed = {duty.about: duty for duty in found}
    wanted = {pk: each for pk, each in expected(people, now).items() if not each.trial}
    _owe_silence([each for pk, each in wanted.items() if people[pk] not in owed], by.office_id, by, now)
    early = {pk: d for pk, ref in people.items() if (d := owed.get(ref)) and not d.raised_at and d.due_at > now}
    for pk in early.keys() & wanted.keys():
        if early[pk].due_at != wanted[pk].due_at:
            put_off(early[pk], max(wanted[pk].due_at, now + A_MINUTE), wanted[pk].values, now=now)
    twice = [d for d in found if d != owed[d.about] and not d.raised_at and d.due_at > now]  # two opened it at once
    over = [duty for pk, duty in early.items() if pk not in wanted] + twice
    close(over, by=by, outcome=Outcome.KEPT, now=now)


def expect_again(visits: Collection[Visit], *, now: datetime) -> None:
    """These stops are owed after all: who is on the road with them is expected to be heard."""
    wanted = [each for each in expected({v.worker_id for v in visits if v.worker_id}, now).values() if not each.trial]
    mine = Duty.objects.filter(kind=SILENT, about__in=[each.person.ref for each in wanted], closed_at=None)
    known = set(mine.values_list("about", flat=True))
    fresh = [each for each in wanted if each.person.ref not in known]
    if fresh:
        _owe_silence(fresh, fresh[0].person.office_id, None, now)


def _owe_silence(fresh: Collection[Expected], office: int, by: Person | None, now: datetime) -> None:
    if fresh and _told(office, now):
        open_duties(office, [_silence_of(each, now) for each in fresh], by=by, now=now)


def _silence_of(each: Expected, now: datetime) -> Owed:
    """That a worker on the road is heard of: who was sent out just now has the whole time."""
    return Owed(
        kind=SILENT, what=NOT_HEARD, due_at=max(each.due_at, now + each.patience), ladder=ORDER,
        page=f"/care/workers/{each.person.ref}/",
        values={"person": str(each.person), "phone": each.person.phone or "—", **each.values},
        organisation=each.provider, about=each.person.ref, urgent=True,
    )  # fmt: skip


def heard(person: Person, *, now: datetime) -> bool:
    """Her phone has asked for something: she may be silent anew. Whether she is expected at all.

    Called once a minute at most; nothing is written as long as her next stop is still to come.
    """
    mine = Duty.objects.filter(kind=SILENT, about=person.ref, closed_at=None)
    owed = list(mine.only("pk", "due_at", "raised_at", "values"))
    for duty in owed:
        stop_at, patience = datetime.fromisoformat(duty.values["stop_at"]), timedelta(seconds=duty.values["patience"])
        due_at = max(now, stop_at) + patience
        if duty.raised_at is None and due_at - duty.due_at >= A_MINUTE:
            put_off(duty, due_at, {}, now=now)
    return bool(owed)


def employer(person: Person) -> int | None:
    """Where somebody works, or worked last, as a worker."""
    works = Membership.objects.filter(person=person, role=Role.WORKER).order_by("-since", "-pk")
    return works.values_list("organisation_id", flat=True).first()
