"""What watching costs: does it grow with what is due only, and how far is it from the bare database?

Goals, all in one run:
- a claim of 100 due duties among many open ones (1 million; --short: 100,000) takes at most 1.5 times what it takes
  among 10,000, and reads as many pages, give or take the one more level of a larger index;
- a sweep with nothing to do reads at most 10 pages, and the auditor's look for what was forgotten takes at most 1.5
  times as long among many as among 10,000;
- the real watch raises and tells at least 30 % as many duties a CPU-second as a plain psycopg loop that claims the
  same rows and writes the same rows (message, telling, two lines of the record, the duty's next moment);
- two watchers do at least 1.5 times the work of one (less where two processes don't get two processors here at that
  moment: the goal is scaled by what they get);
- a report that holds its view of the data (REPEATABLE READ) while 6,000 duties are moved, more than in the minute
  after which a page's question is ended: a claim takes at most 1.5 times as long meanwhile, and within a minute after
  the report the idle sweep is back at most at twice its cost;
- 6,000 duties due in one second are all told (their messages are queued) in at most 10 CPU-seconds, the database's
  included;
- with 50,000 open (--short: 10,000), from the deadline to the queued message: p99 at most 5 s; an urgent message
  behind 5,000 ordinary ones is at its carrier within 2 s (p99). Both scaled by a calibration loop of the same run.

    .venv/bin/python bench/watch.py [--short]
"""

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402
from bench.duties import World, ask, asked, pages, quickest  # noqa: E402

FLAT, PAGES, IDLE, SHARE, TWO, BURST, DEADLINE, OVERTAKES = 1.5, 0.10, 10, 0.30, 1.5, 10.0, 5.0, 2.0
CALIBRATED = 0.15  # seconds that the calibration loop takes on the machine for which the goals in seconds were set
CLAIM = """
SELECT id, ref, what, turn, rungs FROM duty_duty WHERE closed_at IS NULL AND look_at <= %s
ORDER BY look_at LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED
"""
OWE = """
INSERT INTO outbox_message (key, person_id, channel, address, urgent, drill, template, "values", language, page, text,
                            created_at, try_at, tries, stale_at, why, office_id)
VALUES (%s, %s, 'sms', '010', true, false, %s, '{}', 'ko', '', '', %s, %s, 0, %s, '', %s) RETURNING id
"""
TELL = """
INSERT INTO duty_telling (office_id, duty_id, turn, step, person_id, channel, address, at, message_id)
VALUES (%s, %s, %s, 0, %s, 'sms', '010', %s, %s)
"""
WRITE = "INSERT INTO audit_entry (office_id, at, did, about, why) VALUES (%s, %s, %s, %s, '')"
MOVE = "UPDATE duty_duty SET look_at = %s, raised_at = %s, step = 1, turn = %s WHERE id = %s"


def claim(now: datetime) -> tuple[float, int]:
    """Seconds and pages that it takes to claim 100 due duties, as the watch does (the best of several)."""
    from django.db import transaction

    from dure.duty import watch

    def once() -> None:
        with transaction.atomic():
            assert len(watch._due(now, 100)) == 100

    seconds = []
    for _ in range(15):
        began = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - began)
    return min(seconds), sum(pages(*each) for each in asked(once))


def flat(world: World, many: int) -> bool:
    """Whether claiming takes as long among many as among few, and an idle sweep next to nothing."""
    world.open(10_000, world.now - timedelta(seconds=99), timedelta(seconds=1))
    few, few_pages = claim(world.now + timedelta(seconds=1))
    few_look = looked(world)
    world.open(many - 10_000, world.now + timedelta(hours=3), timedelta(seconds=1))
    lots, lots_pages = claim(world.now + timedelta(seconds=1))
    lots_look = looked(world)
    idle = sum(pages(*each) for each in asked(lambda: nothing(world.now - timedelta(days=1))))
    print(f"claim of 100: {few * 1000:.2f} ms and {few_pages} pages among 10,000 open;")
    print(f"  {lots * 1000:.2f} ms and {lots_pages} pages among {many:,}: ratio {lots / few:.2f} (goal ≤ {FLAT})")
    print(f"idle sweep: {idle} pages (goal ≤ {IDLE})")
    print(f"the auditor's look: {few_look * 1000:.2f} ms among 10,000, {lots_look * 1000:.2f} ms among {many:,}:")
    print(f"  ratio {lots_look / few_look:.2f} (goal ≤ {FLAT})")
    calm = lots / few <= FLAT and lots_look / few_look <= FLAT
    return calm and lots_pages <= few_pages * (1 + PAGES) + 2 and idle <= IDLE


def looked(world: World) -> float:
    """Seconds that the auditor takes to find that nothing was forgotten (the best of several)."""
    from dure.duty.auditor import look

    then = world.now - timedelta(days=1)

    def once() -> None:
        assert look(then, then - timedelta(minutes=1)) == []

    return quickest(once)


def nothing(now: datetime) -> None:
    """A sweep when there is nothing to do."""
    from dure.duty.watch import sweep

    assert sweep(now) == 0


def swept(now: datetime) -> int:
    """Sweep until nothing is due; how many were moved."""
    from dure.duty.watch import sweep

    moved = 0
    while done := sweep(now):
        moved += done
    return moved


def bare(world: World) -> float:
    """CPU-seconds of a loop of plain psycopg that claims the due duties and writes the same rows as the watch."""
    import psycopg

    office, person, now, later = world.office.pk, world.person.pk, world.now, world.now + timedelta(minutes=10)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as raw, raw.cursor() as cursor:
        began = ground.cpu(raw.info.backend_pid)
        while due := cursor.execute(CLAIM, [now]).fetchall():
            owed = [(uuid4(), person, what, now, now, later, office) for _, _, what, _, _ in due]
            cursor.executemany(OWE, owed, returning=True)
            messages = [result.fetchone()[0] for result in cursor.results()]
            told = zip(due, messages, strict=True)
            cursor.executemany(TELL, [(office, d[0], d[3] + 1, person, now, message) for d, message in told])
            lines = [(office, now, did, f"duty {d[1]}") for d in due for did in ("raised", "told")]
            cursor.executemany(WRITE, lines)
            cursor.executemany(MOVE, [(later, now, d[3] + 1, d[0]) for d in due])
            raw.commit()
        return ground.cpu(raw.info.backend_pid) - began


def against_bare(world: World, many: int, rounds: int) -> bool:
    """The real watch held against a loop that only claims and writes, and knows no ladder, shift, claim or fault."""
    from tests import make

    watched, plain = [], []
    for _ in range(rounds):
        world.empty()
        world.open(many, world.now - timedelta(hours=1), timedelta())
        make.role("engine")
        began = ground.cpu(ground.backend())
        assert swept(world.now) == many
        watched.append(ground.cpu(ground.backend()) - began)
        world.empty()
        world.open(many, world.now - timedelta(hours=1), timedelta())
        plain.append(bare(world))
        assert ask("SELECT count(*) FROM duty_telling") == [(many,)]
    a, b = many / min(watched), many / min(plain)
    print(f"raised and told in a CPU-second: {a:,.0f} duties by the watch, {b:,.0f} by plain psycopg;")
    print(f"  the watch does {a / b:.2f} of it (goal ≥ {SHARE})")
    return a / b >= SHARE


WATCHER = """
import sys, time, django
django.setup()
from datetime import datetime
from dure.duty.watch import sweep
now = datetime.fromisoformat(sys.argv[1])
sweep(now, batch=1)
print("ready", flush=True); sys.stdin.readline()
while sweep(now): pass
"""


def watchers(world: World, number: int, many: int) -> float:
    """Seconds that so many watchers take for the same work."""
    world.empty()
    world.open(many, world.now - timedelta(hours=1), timedelta())
    environment = {**os.environ, "DURE_ROLE": "engine", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WATCHER, world.now.isoformat()]
    running = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(number)
    ]
    for each in running:
        assert each.stdout and each.stdout.readline()
    began = time.perf_counter()
    for each in running:
        assert each.stdin
        each.stdin.write(b"go\n")
        each.stdin.flush()
    assert all(each.wait() == 0 for each in running)
    taken = time.perf_counter() - began
    [(left,)] = ask("SELECT count(*) FROM duty_duty WHERE closed_at IS NULL AND look_at <= %(now)s", {"now": world.now})
    [(told, turns)] = ask("SELECT count(*), max(turn) FROM duty_telling")
    assert (left, told, turns) == (0, many, 1), (left, told, turns)
    return taken


def room() -> float:
    """How many processors this machine really has for us at this moment: 2.0 if two processes don't feel each other."""

    def together(number: int) -> float:
        began = time.perf_counter()
        spin = [sys.executable, "-c", "sum(n * n for n in range(4_000_000))"]
        for each in [subprocess.Popen(spin) for _ in range(number)]:
            each.wait()
        return time.perf_counter() - began

    return 2 * together(1) / together(2)


def two_watchers(world: World, many: int, rounds: int) -> bool:
    """Two watchers share the work, and nobody is told twice."""
    seen = [(watchers(world, 1, many), watchers(world, 2, many), room()) for _ in range(rounds)]
    one, two, free = max(seen, key=lambda each: each[0] / each[1] / min(each[2], 2.0))
    goal = TWO * min(free, 2.0) / 2.0
    print(f"{many:,} duties: {one:.2f} s by one watcher, {two:.2f} s by two: {one / two:.2f} times")
    print(f"  (goal ≥ {TWO} with two idle cores; {free:.1f} were to be had: ≥ {goal:.2f})")
    return one / two >= goal


def held_open(world: World, open_now: int, rounds: int) -> bool:
    """A report that holds its view of the data while thousands of duties are moved: the watch mustn't feel it."""
    import psycopg
    from tests import make

    def idle() -> None:
        nothing(world.now + timedelta(minutes=5))  # past what has been moved

    def moved() -> None:
        world.open(2_000, world.now - timedelta(hours=1), timedelta())
        make.role("engine")
        assert swept(world.now) == 2_000

    world.empty()
    world.open(open_now, world.now + timedelta(hours=3), timedelta(seconds=1))
    moved()
    free, free_claim = quickest(idle), claim(world.now + timedelta(minutes=11))[0]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as report:
        report.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report.execute("SELECT count(*) FROM duty_duty")
        for _ in range(rounds):
            moved()
        held, held_claim = quickest(idle), claim(world.now + timedelta(minutes=11))[0]
    began = time.monotonic()
    while (after := quickest(idle)) > 2 * free and time.monotonic() - began < 60:
        time.sleep(1)
    print(f"a report held open while {2_000 * rounds:,} were moved: claim of 100 {held_claim / free_claim:.2f} times")
    print(f"  (goal ≤ {FLAT}), idle sweep {free * 1000:.2f} → {held * 1000:.2f} ms; {after * 1000:.2f} ms")
    print(f"  {time.monotonic() - began:.0f} s after it was closed (goal ≤ {2 * free * 1000:.2f} within 60 s)")
    return held_claim / free_claim <= FLAT and after <= 2 * free


def burst(world: World) -> bool:
    """6,000 are due in the same second."""
    from tests import make

    world.empty()
    world.open(6_000, world.now, timedelta())
    make.role("engine")
    began = ground.cpu(ground.backend())
    assert swept(world.now) == 6_000
    seconds = ground.cpu(ground.backend()) - began
    [(queued,)] = ask("SELECT count(*) FROM outbox_message WHERE try_at IS NOT NULL")
    print(f"6,000 due in one second: {queued:,} messages queued in {seconds:.1f} CPU-seconds (goal ≤ {BURST:.0f})")
    return queued == 6_000 and seconds <= BURST


def in_time(world: World, open_now: int, due: int) -> bool:
    """Duties come due one after the other while the real watch and sender work; how late each is told and carried."""
    from tests import make

    from dure import clock

    world.empty()
    slowly = ground.calibrated() / CALIBRATED
    start = clock.real() + timedelta(seconds=5)
    world.open(open_now, start + timedelta(days=1), timedelta(seconds=1))
    make.role("owner")
    ordinary(world, start)
    world.open(due, start + timedelta(seconds=2), timedelta(milliseconds=40))
    environment = {**os.environ, "DURE_ROLE": "engine", "PYTHONPATH": os.pathsep.join(sys.path)}
    begin = "from dure.cli import main; main()"
    running = [subprocess.Popen([sys.executable, "-c", begin, what], env=environment) for what in ("watch", "send")]
    try:
        until = time.monotonic() + 120
        while ask(CARRIED)[0][0] < due and time.monotonic() < until:
            time.sleep(0.5)
    finally:
        for each in running:
            each.terminate()
            each.wait()
    told = [late.total_seconds() for (late,) in ask(LATE_TOLD)]
    carried = [late.total_seconds() for (late,) in ask(LATE_CARRIED)]
    assert len(told) == len(carried) == due, (len(told), len(carried))
    a, b = quantiles(told, n=100)[98], quantiles(carried, n=100)[98]
    print(f"{open_now:,} open, 25 due a second: told {median(told):.2f} s after the deadline, p99 {a:.2f} s;")
    print(f"  carried past 5,000 ordinary messages {median(carried):.2f} s after it was owed, p99 {b:.2f} s;")
    print(f"  this machine is {slowly:.1f} times slower now than the goals' ({DEADLINE} s and {OVERTAKES} s)")
    return a <= DEADLINE * slowly and b <= OVERTAKES * slowly


CARRIED = "SELECT count(*) FROM outbox_message WHERE urgent AND sent_at IS NOT NULL"
LATE_TOLD = "SELECT t.at - d.due_at FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id"
LATE_CARRIED = "SELECT sent_at - created_at FROM outbox_message WHERE urgent"


def ordinary(world: World, at: datetime) -> None:
    """5,000 ordinary messages to as many people wait for the sender."""
    from dure.outbox.models import Message

    Message.objects.bulk_create(
        Message(
            office=world.office, person=world.person, channel="sms", address=f"010-{n:04}", template="News.",
            created_at=at, try_at=at,
        )
        for n in range(5_000)
    )  # fmt: skip


def measure(short: bool) -> bool:
    """Print the figures; whether the goals are met."""
    from dure.duty import watch  # noqa: F401  (imported once, before anything is measured)

    world = World()
    return all([
        flat(world, 100_000 if short else 1_000_000),
        against_bare(world, *((1_000, 2) if short else (6_000, 3))),
        two_watchers(world, *((3_000, 2) if short else (10_000, 3))),
        held_open(world, *((10_000, 3) if short else (50_000, 3))),
        burst(world),
        in_time(world, *((10_000, 200) if short else (50_000, 1_000))),
    ])  # fmt: skip


def main(short: bool) -> bool:
    """Measure in a database of our own."""
    with ground.own():
        return measure(short)


if __name__ == "__main__":
    ground.verdict(__doc__, main)
