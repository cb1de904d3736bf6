"""What a visit costs from its opening to its closing, and what follows from that for a machine and its disk.

An office with 2,000 recipients (--short: 300), a course for every 15, lives one lunch through the real product, with
the roles of its processes and under row-level security: the day is opened, each phone asks for its stops, 98 of 100
visits are reported over the phone's door (HTTP), two stay silent, are raised by the watch and told by the sender, and
become a case that somebody closes; then the record is sealed. Counted apart: CPU-seconds of Dure and of the whole
database server; write-ahead log; bytes on disk after a vacuum. The rest (recipients on one machine, growth over
years) is computed from these figures and printed as computed: `docs/capacity.md` is made of it.

Goal: all that together costs at most GOAL times the CPU-seconds of a bare Django page behind the same middleware, for
each visit.

    .venv/bin/python bench/capacity.py [--short]
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402
from bench.board import BARE, add_bare, stand_still  # noqa: E402

GOAL = 12.0
STOPS = 15  # of a course
SILENT = 50  # every fiftieth visit
MINUTE = timedelta(minutes=1)
WORKDAYS = 250  # a year
BUSY = 0.5  # how much of a processor may be used at the busiest time: what is above waits too long
PEAK = 90 * 60  # seconds in which a lunch is handed over
POLLED = 2 / 5  # requests a second of an open board: banners and exceptions, every five seconds


@dataclass
class Costs:
    """CPU-seconds of Dure and of the database server, by what was done."""

    server: int  # process of the database server, the parent of all its others
    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Count what is done within."""
        before = self.now()
        yield
        after, known = self.now(), self.spent.get(what, (0.0, 0.0))
        self.spent[what] = known[0] + after[0] - before[0], known[1] + after[1] - before[1]

    def now(self) -> tuple[float, float]:
        """Used so far by this process, and by the database server's, those that have ended included."""
        import time

        fields = Path(f"/proc/{self.server}/stat").read_text().rpartition(")")[2].split()
        ended = (int(fields[13]) + int(fields[14])) / ground.TICK
        children = Path(f"/proc/{self.server}/task/{self.server}/children").read_text().split()
        return time.process_time(), ended + sum(
            ground.used(int(pid)) for pid in children if Path(f"/proc/{pid}").exists()
        )


def parent(process: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


class Office:
    """An office with its recipients, its courses, and a phone for each worker."""

    def __init__(self, recipients: int) -> None:
        from tests import make
        from tests.field.world import phone

        from dure.care.models import MealPlan, Recipient, Route
        from dure.care.standard import LADDERS
        from dure.offices.acting import act
        from dure.people.models import Role
        from dure.places.models import Place

        self.office = office = make.office()
        areas = [make.area(office, f"시험{n}동", lon=126.7 + n / 100, lat=35.1) for n in range(21)]
        provider = make.organisation(office)
        self.officer, self.desk = make.person(office), make.person(office, as_=Role.PROVIDER, at=provider)
        for name in LADDERS:
            make.ladder(office, self.desk, self.officer, name=name)
        self.phones = []
        for n in range(-(-recipients // STOPS)):
            worker = make.person(office, as_=Role.WORKER, at=provider)
            route = Route.objects.create(office=office, provider=provider, name=f"{n}코스", worker=worker)
            self.phones.append((phone(worker, by=self.desk, now=make.NOON - timedelta(days=1))[1], route))
            act(office.pk)
        places = Place.objects.bulk_create(
            Place(office=office, area=areas[n % 21], address=f"없는길 {n}") for n in range(recipients)
        )
        made = Recipient.objects.bulk_create(
            Recipient(
                office=office, name=f"시험{n % 97:02}", provider=provider, place=place, started_on=make.DAY,
                route=self.phones[n // STOPS][1], route_order=n % STOPS, tier="amber",
            )
            for n, place in enumerate(places)
        )  # fmt: skip
        MealPlan.objects.bulk_create(
            MealPlan(office=office, recipient=each, weekday=make.DAY.weekday(), by_time="12:00", since=make.DAY)
            for each in made
        )


class Lunch:
    """One lunch of the office, from opening to sealing."""

    def __init__(self, office: Office, costs: Costs) -> None:
        from django.test import Client

        self.office, self.costs, self.client = office, costs, Client()

    def live(self) -> int:
        """All of it; how many visits there were."""
        from tests import make
        from tests.care.world import HOOKS

        from dure.audit.actions import seal
        from dure.care.models import Visit
        from dure.care.opening import open_day
        from dure.duty.watch import sweep
        from dure.offices.acting import act

        make.role("engine")
        act(self.office.office.pk)
        with self.costs.of("opening"):
            open_day(self.office.office.pk, make.DAY, now=make.NOON - timedelta(hours=6))
        make.role("app")
        visits = list(Visit.objects.order_by("id").select_related("course", "duty"))
        with self.costs.of("phones ask for their stops"):
            for key, _ in self.office.phones:
                assert self.client.get("/api/field/v1/pack", headers=bearer(key)).status_code == 200
        with self.costs.of("reports"):
            for n, visit in enumerate(visits):
                if n % SILENT:
                    self._report(visit)
        make.role("engine")
        with self.costs.of("silent ones raised and told"):
            for minutes in (30, 35, 40):
                while sweep(make.NOON + minutes * MINUTE, HOOKS):
                    pass
                self._send(make.NOON + minutes * MINUTE)
        make.role("app")
        act(self.office.office.pk)
        with self.costs.of("cases worked off"):
            self._work_off(make.NOON + 41 * MINUTE)
        make.role("engine")
        with self.costs.of("record sealed"):
            while seal(make.NOON + 50 * MINUTE):
                pass
        assert not Visit.objects.filter(duty__closed_at=None).exists()
        return len(visits)

    def _report(self, visit: Any) -> None:
        from tests.field.test_api import envelope

        keys = {route.pk: key for key, route in self.office.phones}
        body = json.dumps(envelope(visit.ref)).encode()
        path = f"/api/field/v1/reports/{uuid4()}"
        answer = self.client.put(path, body, "application/json", headers=bearer(keys[visit.course.route_id]))
        assert answer.status_code in (200, 201), answer.content

    def _send(self, now: datetime) -> None:
        from dure import clock
        from dure.outbox.sender import send_due

        def away(message: Any, text: str) -> None:
            assert text

        while send_due(now, clock.real(), {"sms": away, "email": away, "screen": away}):
            pass

    def _work_off(self, now: datetime) -> None:
        from django.db import transaction

        from dure.care.alarms import after_case, before_case_ends
        from dure.cases.actions import close_case, record
        from dure.cases.models import Case, Finding, Step

        for case in Case.objects.filter(closed_at=None):
            case = record(case, Step.WHEREABOUTS, by=self.office.desk, now=now, who="딸", note="딸 집")
            with transaction.atomic():
                before_case_ends(case)
                case = close_case(case, finding=Finding.ELSEWHERE, by=self.office.desk, now=now)
                after_case(case, by=self.office.desk, now=now)


def bearer(key: str) -> dict[str, str]:
    """What a phone shows at the door."""
    from tests.field.world import READ_KEY

    return {"Authorization": f"Bearer {key}", "Dure-Read-Key": READ_KEY}


def signed_in(officer: Any) -> Any:
    """An officer with a page open."""
    from tests import make as builders

    client = builders.signed_in(officer)
    return client


def each(costs: Costs, what: str, client: Any, path: str, times: int) -> float:
    """CPU-seconds of one answer, the database's included."""
    assert client.get(path).status_code == 200
    with costs.of(what):
        for _ in range(times):
            client.get(path)
    return sum(costs.spent.pop(what)) / times


def size() -> tuple[int, int]:
    """Bytes of all tables and their indexes after a vacuum, and of the write-ahead log so far."""
    from bench.duties import ask

    ask("VACUUM")
    [(disk,)] = ask("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'")
    [(log,)] = ask("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
    return int(disk), int(log)


def measure(short: bool) -> bool:
    """Live a lunch; print what it cost and what follows; whether the goal is met."""
    office = Office(300 if short else 2_000)
    stand_still()
    add_bare()
    costs = Costs(parent(ground.backend()))
    client = signed_in(office.officer)
    bare = each(costs, "bare", client, BARE, 300)
    disk, log = size()
    lunch = Lunch(office, costs)
    visits = lunch.live()
    grown, logged = (after - before for after, before in zip(size(), (disk, log), strict=True))
    from tests import make

    make.role("app")
    polled = max(each(costs, "polled", client, path, 50) for path in ("/banners/", "/board/exceptions/"))
    dure, database = (sum(spent[n] for spent in costs.spent.values()) / visits for n in (0, 1))
    print(f"{visits:,} visits, {visits // SILENT} of them silent. For each visit (CPU: of Dure + of the database):")
    for what, (ours, theirs) in costs.spent.items():
        print(f"  {what}: {ours / visits * 1000:.2f} + {theirs / visits * 1000:.2f} ms")
    ratio = (dure + database) / bare
    print(f"  together: {dure * 1000:.1f} + {database * 1000:.1f} ms = {ratio:.1f} bare pages (goal ≤ {GOAL})")
    print(f"  on disk {grown / visits / 1000:.1f} kB, write-ahead log {logged / visits / 1000:.1f} kB")
    print(f"a bare page: {bare * 1000:.2f} ms; what an open board asks for: {polled * 1000:.1f} ms at the most")
    computed(dure, database, grown / visits, logged / visits, polled)
    return ratio <= GOAL


def computed(dure: float, database: float, disk: float, log: float, polled: float) -> None:
    """What follows, as a table of Markdown."""
    print(
        f"\ncomputed, for lunches of {PEAK // 60} minutes, processors at most {BUSY:.0%} busy, {WORKDAYS} days a year,"
    )
    print("one meal a day, an open board for every 100 recipients:")
    print("| recipients | processors, all on one machine | of these the database | log, a day | disk, a year |")
    print("|---|---|---|---|---|")
    for recipients in (300, 2_000, 10_000, 50_000, 250_000):
        boards = recipients / 100 * POLLED * polled
        cores = (recipients * (dure + database) / PEAK + boards) / BUSY
        data = (recipients * database / PEAK + boards / 4) / BUSY
        day, year = recipients * log / 1e9, recipients * disk * WORKDAYS / 1e9
        print(f"| {recipients:,} | {cores:.2f} | {data:.2f} | {day:.2f} GB | {year:,.1f} GB |")


def main(short: bool) -> bool:
    """Measure in a database of our own."""
    os.environ.pop("DURE_MOVED_CLOCK", None)
    with ground.own(DURE_HOSTS="testserver"):
        return measure(short)


if __name__ == "__main__":
    ground.verdict(__doc__, main)
