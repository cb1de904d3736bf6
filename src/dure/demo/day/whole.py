"""The whole day from an empty data base to the evening check: processes, phones, the story, and what always holds."""

import hashlib
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.utils.translation import gettext as _

from dure import clock, postgres
from dure.care import counts
from dure.demo import loading
from dure.demo.day import auditing, exceptions, routine
from dure.demo.day.clockwork import Clock
from dure.demo.day.hands import Phone, Unexpected
from dure.demo.day.incident import a_week_later, incident
from dure.demo.day.living import Day, Episode, live
from dure.demo.day.telling import Teller
from dure.demo.processes import Children, all_of_them, command
from dure.errors import Refused
from dure.people.actions import standing
from dure.people.models import Device, Person

STARTS = 60.0  # seconds that the processes have to come up
WEEK = timedelta(days=7)


def whole_day(seed: int, day: date, report: Path, write: Callable[[str], None]) -> bool:
    """Live the day and tell it; whether anything that always holds was broken."""
    began, teller = monotonic(), Teller(write)
    dawn = datetime(day.year, day.month, day.day, 6, tzinfo=clock.zone())
    os.environ[clock.MOVED] = postgres.url(settings.DATA / "postgres", "dure_app")
    moved = Clock(postgres.url(settings.DATA / "postgres", "dure_owner"), dawn)
    demo = loading.load(seed, day, dawn, loading.password(settings.DATA))
    bind = f"127.0.0.1:{_free_port()}"
    said = (settings.DATA / "processes.log").open("wb")
    runs = {n: run for n, run in all_of_them(bind).items() if n != "jobs"}  # they follow the real clock's times
    children = Children(runs, {"DURE_WATCHED": "watch,sender"}, output=said.fileno())
    children.start()
    try:
        _open_the_day(day, said.fileno())
        phones = _phones(f"http://{bind}", dawn)
        address = f"http://{bind}"
        _come_up(children, address)
        lived = Day(day, moved, teller, address, loading.password(settings.DATA), phones)
        teller.plain(_("%(office)s, %(day)s: %(n)s recipients, all persons are invented") % {
            "office": demo.staff.office, "day": day, "n": len(demo.recipients)})  # fmt: skip
        teller.head(_("The day"))
        live(moved, teller, story(lived, seed), lived.at(19))
        difference = evening(lived)
        _day_report(lived, report)
        teller.head(_("A week later"))
        live(moved, teller, [a_week_later(lived)], lived.at(17) + WEEK)
        return _held(lived, monotonic() - began) or difference
    except Unexpected as problem:
        raise Refused(f"{problem}\n{_last_words()}") from problem
    finally:
        children.stop()
        moved.close()
        said.close()


def story(day: Day, seed: int) -> list[Episode]:
    """Everything that happens on this day."""
    return [
        auditing.looked_over(day),
        exceptions.absence(day),
        exceptions.desk_cannot_reach(day),
        incident(day),
        routine.courses(day, "lunch", seed),
        exceptions.no_reply(day, 1, 3, 4, "조카", "조카 집에 가 계심"),
        exceptions.no_reply(day, 2, 1, 5, "이웃", "이웃과 병원에 가심"),
        exceptions.no_reply(day, 4, 2, 10, "아들", "아들 집에서 주무심"),
        exceptions.no_reply(day, 5, 3, 12, "통장", "경로당에 계심"),
        exceptions.silent_phone(day),
        exceptions.three_hours_late(day),
        exceptions.two_witnesses(day),
        routine.concerns(day, 14, 0),
        routine.courses(day, "dinner", seed + 1),
        routine.concerns(day, 18, 30),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _open_the_day(day: date, output: int) -> None:
    """The daily command opens the visits, as it does every morning."""
    done = subprocess.run(command("open_day", "--day", str(day)), stdout=output, stderr=output)
    if done.returncode != 0:
        raise Refused(_last_words())


def _phones(address: str, now: datetime) -> dict[str, Phone]:
    """Every worker has a phone that is known here."""
    workers = Person.objects.filter(office__is_demo=True, memberships__role="worker").order_by("id")
    keys = {worker: secrets.token_urlsafe(24) for worker in workers}
    Device.objects.bulk_create(
        Device(
            office_id=worker.office_id, person=worker, key_sha256=hashlib.sha256(key.encode()).hexdigest(),
            enrolled_at=now,
        )
        for worker, key in keys.items()
    )  # fmt: skip
    return {worker.username: Phone(address, key, worker.name) for worker, key in keys.items()}


def _come_up(children: Children, address: str) -> None:
    began = monotonic()
    while True:
        try:
            urlopen(f"{address}/healthz", timeout=5).close()
            return
        except (URLError, OSError):
            if children.dead() or monotonic() - began > STARTS:
                raise Refused(_("The processes don't start:") + "\n" + _last_words()) from None
            time.sleep(0.1)


def _last_words() -> str:
    return "\n".join((settings.DATA / "processes.log").read_text(errors="replace").splitlines()[-25:])


def evening(day: Day) -> bool:
    """The evening check, as the office sees it and counted anew from the plans; whether anything is left over."""
    day.teller.head(_("Evening check"))
    ours = sorted(
        (t.provider.name, t.planned, t.seen, t.explained, t.open, t.difference)
        for t in counts.evening(standing(day.people["officer1"], day.day), day.day)
        if t.provider
    )
    for name, planned, seen, explained, still, difference in ours:
        day.teller.plain(
            _("%(provider)s: planned %(planned)s = seen %(seen)s + explained %(explained)s + open %(open)s;"
              " difference %(difference)s")
            % {"provider": name, "planned": planned, "seen": seen, "explained": explained, "open": still,
               "difference": difference}
        )  # fmt: skip
    theirs = sorted(auditing.evening(day.day))
    for one, other in zip(ours, theirs, strict=True):
        if one != other:
            day.teller.plain(
                _("The product counts otherwise than the plans: %(ours)s and %(theirs)s.")
                % {"ours": one, "theirs": other}
            )
    return ours != theirs or any(difference for *_rest, difference in ours)


def _day_report(day: Day, file: Path) -> None:
    """The day report, as an officer downloads it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(day.office("officer1").download(f"/care/report/?day={day.day}"))
    day.teller.plain(_("The day report is in %(file)s") % {"file": file})


def _held(day: Day, seconds: float) -> bool:
    """Whether anything that always holds was broken; each line is said."""
    day.teller.head(_("What always holds"))
    acknowledged = [key for phone in day.phones.values() for key in phone.acknowledged]
    found = {_("What should have been told was told"): auditing.missed(day.now)}
    found |= auditing.broken(day.now, acknowledged, settings.DATA / "messages.jsonl")
    for line, rows in found.items():
        day.teller.plain(("✗ " if rows else "✓ ") + line)
        for row in rows[:10]:
            day.teller.plain(f"    {row}")
    return any(found.values())
