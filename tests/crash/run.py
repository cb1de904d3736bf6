"""Thousands of duties, and everything is killed again and again while it works: nothing may be lost.

`python -m tests.crash.run [--duties N] [--kills N] [--seed N] [--sabotage after_commit|lock|dropped_ack]`
prints what happened (`--figures FILE` keeps it as JSON); exits 0 if all held, 1 if not. With a sabotage it has to
exit 1.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from dure import postgres
from tests.crash import checks
from tests.crash.people import Desk, Phone

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KINDS = {"watch": 2, "send": 2, "web": 2}  # how many of each run
TARGETS = {"watch": 36, "send": 28, "web": 24, "postgres": 12}  # of a hundred kills
SABOTAGED = {
    "after_commit": {"watch": 100},
    "lock": {"watch": 50, "send": 50},
    "dropped_ack": {"web": 100},
}
MINUTES = 150  # of the office's time
PHONES = 4
IN_FLIGHT = """
SELECT (SELECT count(*) FROM duty_duty WHERE closed_at IS NULL AND look_at <= c.at),
       (SELECT count(*) FROM outbox_message WHERE try_at <= c.at),
       (SELECT count(*) FROM outbox_message WHERE risen_at IS NULL AND (failed_at IS NOT NULL
                                                                       OR acknowledged_at IS NOT NULL))
FROM dure_clock c
"""
DONE = {  # what grows while a target works
    "watch": "SELECT count(*) FROM duty_telling",
    "send": "SELECT count(*) FROM outbox_message WHERE sent_at IS NOT NULL",
    "web": "SELECT count(*) FROM duty_report",
    "postgres": "SELECT count(*) FROM audit_entry",
}
PROGRESS = """
SELECT (SELECT count(*) FROM duty_telling), (SELECT count(*) FROM outbox_message WHERE try_at IS NULL),
       (SELECT count(*) FROM outbox_message WHERE risen_at IS NOT NULL)
"""
STANDSTILL, ENDLESS = 30.0, 600.0  # seconds without anything done, while something is due
PATIENCE = 10.0  # seconds for a process that was just started


@dataclass
class Run:
    """One run: its own database server, its own processes, its own clock."""

    duties: int
    kills: int
    seed: int
    sabotage: str
    port: int
    data: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="dure-crash-")))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    at: datetime = NOON
    number: int = 0

    def __post_init__(self) -> None:
        self.data.chmod(0o711)  # started by root, the server runs as somebody else
        self.random = random.Random(self.seed)
        self.server = postgres.ensure(self.data / "postgres")
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DURE_", "DATABASE_"))},
            "DURE_DATA": str(self.data), "DURE_SECRET_KEY": "crash", "DJANGO_SETTINGS_MODULE": "dure.settings",
            "PYTHONPATH": os.pathsep.join(["src", ".", *sys.path]), "CRASH_SABOTAGE": self.sabotage,
        }  # fmt: skip

    def url(self, role: str) -> str:
        return self.server.url(role)

    def ask(self, query: str, *values: Any) -> tuple:
        """Ask as a superuser, as often as it takes."""
        while True:
            try:
                with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                    answer = connection.execute(query, values)
                    return (answer.fetchone() or ()) if answer.description else ()
            except psycopg.OperationalError:
                self.server.start()

    def build(self) -> dict[str, Any]:
        """The database, the office and its duties."""
        migrate = "from dure.cli import main; main()"
        subprocess.run([sys.executable, "-c", migrate, "migrate", "-v", "0"], env=self.environment, check=True)
        world = [sys.executable, "-m", "tests.crash.world", self.duties, self.seed, PHONES, MINUTES]
        built = {**self.environment, "DURE_ROLE": "owner", "DATABASE_OWNER_URL": self.url("postgres")}
        said = subprocess.run(list(map(str, world)), env=built, check=True, stdout=subprocess.PIPE, text=True).stdout
        if self.sabotage == "lock":  # the second line of defence is away, so that the first is seen to matter
            self.ask("ALTER TABLE duty_telling DROP CONSTRAINT telling_once_a_turn")
        self.move(timedelta())
        return json.loads(said)

    def move(self, by: timedelta) -> None:
        """The office's clock goes on."""
        self.at += by
        self.ask("INSERT INTO dure_clock (at) VALUES (%s) ON CONFLICT (one) DO UPDATE SET at = excluded.at", self.at)

    # processes

    def keep_up(self) -> None:
        """Start what doesn't run."""
        for kind, many in KINDS.items():
            for place in range(many):
                slot = f"{kind}-{place}"
                if slot not in self.processes or self.processes[slot].poll() is not None:
                    self.number += 1
                    self.processes[slot] = self._start(kind, f"{slot}-{self.number}")

    def _start(self, kind: str, name: str) -> subprocess.Popen[bytes]:
        command = ["-m", "tests.crash.process", kind]
        if kind == "web":
            port = self.port + int(name.split("-")[1])
            bind = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "critical"]
            command = ["-m", "gunicorn", "tests.crash.process:application", *bind]
        env = {**self.environment, "PGAPPNAME": name}
        role = "dure_app" if kind == "web" else "dure_engine"
        env["DURE_MOVED_CLOCK"] = self.url(role)
        with (self.data / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], env=env, start_new_session=True, stdout=log, stderr=log
            )
        process.args = name
        return process

    def ready(self, kind: str) -> str | None:
        """A process of this kind that has connected to the database."""
        slots = [slot for slot in self.processes if slot.startswith(kind) and self.processes[slot].poll() is None]
        self.random.shuffle(slots)
        for slot in slots:
            name = self.processes[slot].args
            if self.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", name)[0]:
                return slot
        return None

    # killing

    def kill(self, target: str, phones: list[Phone]) -> None:
        """Kill one thing; frozen first, so that what was in flight is what is killed in flight."""
        slot = self._wait_for(target) if target != "postgres" else ""
        self._amid_work(target, phones)
        if target == "postgres":
            works = self.works(phones)
            for pid in self._tree():
                _kill(pid, signal.SIGKILL)
            self.server.start()
        else:
            group = self.processes[slot].pid
            os.killpg(group, signal.SIGSTOP)
            works = self.works(phones)
            if target == "web" and self.random.random() < 0.5:  # one worker; its master starts another
                child = self.random.choice(_children(group) or [group])
                _kill(child, signal.SIGKILL)
                os.killpg(group, signal.SIGCONT)
            else:
                os.killpg(group, signal.SIGKILL)
                self.processes[slot].wait()
        self.killed[target] += 1
        self.in_flight += works

    def works(self, phones: list[Phone]) -> bool:
        """Whether something is in flight: a due duty unmoved, a message unsent, news unread, a report handed in."""
        return any(self.ask(IN_FLIGHT)) or any(phone.handing for phone in phones)

    def _wait_for(self, kind: str) -> str:
        while not (slot := self.ready(kind)):
            self.keep_up()
            time.sleep(0.05)
        return slot

    def _amid_work(self, target: str, phones: list[Phone]) -> None:
        """Wait until the target has done something since the last kill, and has something to do."""
        until, before = time.monotonic() + PATIENCE, self.ask(DONE[target])
        while self.ask(DONE[target]) == before and time.monotonic() < until:
            self._have_work(phones)
            time.sleep(0.005)
        time.sleep(self.random.random() * 0.05)
        self._have_work(phones)

    def _have_work(self, phones: list[Phone]) -> None:
        if not self.works(phones):
            self.move(timedelta(seconds=20))

    def _tree(self) -> list[int]:
        """The postmaster and all its children."""
        data = max(self.server.real.glob("[0-9]*"))
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == data:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def settle(self) -> bool:
        """Wait until nothing is due any more; whether that came. On a slow machine as long as something is done."""
        began = last = time.monotonic()
        seen: tuple = ()
        while any(self.ask(IN_FLIGHT)):
            self.keep_up()
            if (now := self.ask(PROGRESS)) != seen:
                seen, last = now, time.monotonic()
            elif time.monotonic() - last > STANDSTILL:
                return False
            if time.monotonic() - began > ENDLESS:  # it is done again and again
                return False
            time.sleep(0.05)
        return True

    def end(self) -> None:
        """Everything of this run is gone."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.server.stop()
        shutil.rmtree(self.data.resolve(), ignore_errors=True)
        shutil.rmtree(self.server.real, ignore_errors=True)


def _kill(pid: int, sign: int) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def live(run: Run) -> bool:
    """The whole story; whether all held."""
    began = time.monotonic()
    known = run.build()
    built = time.monotonic() - began
    os.environ.update(run.environment, DURE_ROLE="app", DURE_MOVED_CLOCK=run.url("dure_app"))
    import django

    django.setup()
    run.keep_up()
    ports = [run.port + place for place in range(KINDS["web"])]
    phones = [Phone(ports, key, known["refs"], run.seed + n) for n, key in enumerate(known["keys"])]
    desk = Desk(known["office"], known["desk"], run.seed)
    for each in (*phones, desk):
        each.start()
    weights = SABOTAGED.get(run.sabotage, TARGETS)
    for _ in range(run.kills):
        run.keep_up()
        run.move(timedelta(minutes=MINUTES / run.kills / 2))
        run.kill(run.random.choices(list(weights), list(weights.values()))[0], phones)
    killing = time.monotonic() - began - built
    for each in (*phones, desk):
        each.end.set()
    run.keep_up()
    for phone in phones:
        phone.join(60)
    desk.join(60)
    settled = run.settle()
    for _ in range(2):  # and the ladders go on
        run.move(timedelta(minutes=10))
        settled = run.settle() and settled
    known |= {"acknowledged": {k: v for phone in phones for k, v in phone.acknowledged.items()}, "closed": desk.closed}
    found = [] if settled else ["something is due and nobody does it"]
    found += checks.problems(run.url("postgres"), known, run.data / "messages.jsonl")
    report(run, phones, desk, built, killing, time.monotonic() - began)
    for problem in found:
        print(f"WRONG  {problem}")
    return not found


def report(run: Run, phones: list[Phone], desk: Desk, built: float, killing: float, all_in_all: float) -> None:
    """What happened, in figures."""
    kills = sum(run.killed.values())
    said = run.said = {
        **checks.figures(run.url("postgres"), run.data / "messages.jsonl"),
        "reports acknowledged": sum(len(phone.acknowledged) for phone in phones),
        "times handed in": sum(phone.tries for phone in phones),
        "done at the desk": desk.did,
    }
    print(", ".join(f"{name} {value}" for name, value in said.items()))
    print(f"SIGKILLs {kills} ({', '.join(f'{target} {n}' for target, n in sorted(run.killed.items()))})")
    print(f"while work was in flight {run.in_flight} of {kills} = {100 * run.in_flight // max(kills, 1)} %")
    print(f"seconds: {built:.0f} to build, {killing:.0f} of killing, {all_in_all:.0f} in all")


def main() -> int:
    """Run it, say what was seen, and the verdict last."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--duties", type=int, default=2_000)
    ask.add_argument("--kills", type=int, default=54)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--port", type=int, default=18_000 + os.getpid() % 10_000)
    ask.add_argument("--sabotage", choices=sorted(SABOTAGED), default="")
    ask.add_argument("--figures", type=Path)
    asked = vars(ask.parse_args())
    figures = asked.pop("figures")
    run = Run(**asked)
    try:
        held = live(run)
        held = run.in_flight >= 0.9 * sum(run.killed.values()) and held
    finally:
        if os.environ.get("CRASH_KEEP_LOG"):
            shutil.copy(run.data / "log", os.environ["CRASH_KEEP_LOG"])
        run.end()
    if figures:
        kept = {**run.said, "killed": run.killed, "in flight": run.in_flight, "held": held, "seed": run.seed}
        figures.write_text(json.dumps(kept))
    print("HELD" if held else "NOT HELD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
