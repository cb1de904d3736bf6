"""The ordinary part of the day: twenty courses, three hundred doors, nearly everybody well."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from dure.care.models import Course, Visit
from dure.demo.day.living import Day, Episode
from dure.duty.models import Duty

EARLY = timedelta(minutes=3)  # before a visit's time somebody is at the door
HALF_HOUR = timedelta(minutes=30)
TOLD_APART = {(1, 3, 4), (4, 2, 10), (5, 3, 12), (2, 1, 5), (4, 1, 8), (5, 2, 5)}  # provider, course, stop at lunch
AT_ONCE = 4  # phones that send at the same time
SILENT = (3, 4)  # the course whose phone doesn't report at lunch
WHERE = ("경로당", "병원 진료", "이웃집", "미용실", "시장")


def cast(visit: Visit) -> tuple[int, int, int]:
    """A visit's place in the demo office: the provider's number, the course's, the stop's."""
    worker = visit.worker.username if visit.worker else "worker00"
    return int(worker[-2]), int(worker[-1]), visit.order


def seen(chance: random.Random) -> dict[str, Any]:
    """What a worker finds at an ordinary door."""
    dice = chance.random()
    if dice < 0.03:
        return {"outcome": "known_safe", "handed": "not_handed", "who": chance.choice(WHERE)}
    if dice < 0.05:
        return {"outcome": "seen_with_concern", "handed": "in_person", "signs": [chance.choice(["vigour", "heating"])]}
    if dice < 0.07:
        return {"outcome": "seen_well", "handed": "refused"}
    return {"outcome": "seen_well", "handed": "in_person", "leftover": dice < 0.15}


def courses(day: Day, meal: str, seed: int) -> Episode:
    """All courses of a meal: started, reported door by door, finished; counted every half hour."""
    chance, done = random.Random(seed), Counter[str]()
    mine = Visit.objects.filter(day=day.day, meal=meal, course__isnull=False)
    found = list(mine.select_related("worker", "course").order_by("due_at", "worker__username", "order"))
    ours = [v for v in found if meal == "dinner" or cast(v)[:2] != SILENT]
    by_course = {v.course.ref: v for v in ours if v.course}
    plan = [(v, seen(chance)) for v in ours if meal == "dinner" or cast(v) not in TOLD_APART]
    yield min(v.due_at for v in found) - HALF_HOUR
    for visit in by_course.values():
        _course(day, visit, "started")
    day.say(_("%(n)s courses have started"), n=len(by_course))
    say_at, counted = day.now + HALF_HOUR, 0
    for due_at, at_once in groupby(plan, key=lambda each: each[0].due_at):
        yield due_at - EARLY
        done.update(_at_their_doors(day, list(at_once)))
        if day.now >= say_at:
            _count(day, done)
            say_at, counted = day.now + HALF_HOUR, done.total()
    if done.total() != counted:
        _count(day, done)
    for visit in by_course.values():
        _course(day, visit, "finished")
    day.say(_("%(n)s courses are finished"), n=len(by_course))


def _at_their_doors(day: Day, doors: list[tuple[Visit, dict[str, Any]]]) -> list[str]:
    """Workers who stand at their doors at the same moment report at the same moment. Who is away isn't rung."""
    owed = Visit.objects.filter(pk__in=[v.pk for v, _ in doors], excused_at=None, reported_at=None)
    still = set(owed.values_list("pk", flat=True))
    with ThreadPoolExecutor(AT_ONCE) as phones:
        sent = [(b, phones.submit(day.report, v, **b)) for v, b in doors if v.pk in still]
    for _body, report in sent:
        report.result()
    return [body["outcome"] for body, _report in sent]


def _course(day: Day, visit: Visit, did: str) -> None:
    assert isinstance(visit.course, Course) and visit.worker
    phone = day.phones[visit.worker.username]
    phone.report("care.course", visit.course.ref, {"did": did}, seen_at=day.now, sent_at=day.now)


def _count(day: Day, done: Counter[str]) -> None:
    well, concern, safe = done["seen_well"], done["seen_with_concern"], done["known_safe"]
    day.say(
        _("%(all)s doors: %(well)s well, %(concern)s with a sign, %(safe)s not at home but known where"),
        all=done.total(), well=well, concern=concern, safe=safe,
    )  # fmt: skip


def concerns(day: Day, hour: int, minute: int) -> Episode:
    """After the courses each provider's desk looks at the cards on which a worker noted something."""
    yield day.at(hour, minute)
    for number in range(1, 6):
        username = f"desk{number}"
        mine = Duty.objects.filter(
            kind="care.concern", closed_at=None, organisation__memberships__person__username=username
        )
        found = list(mine.order_by("id"))
        day.done(username, found, note="통화함, 괜찮다고 하심")
        if found:
            day.say(_("%(who)s has looked at %(n)s cards with a sign"), who=day.name(username), n=len(found))
