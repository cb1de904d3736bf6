"""Whether sealing the record holds up the watch.

Goal: two watchers work at least 0.8 times as fast while the record is being sealed without a pause as while the same
program seals a copy of the record that nobody writes to, with the same processors taken: what is left between the two
is what they wait for each other. Both are measured in turn in one run; the median of the rounds counts.

    .venv/bin/python bench/sealing.py [--short] [--sabotage lock]

`--sabotage lock` seals with the record closed to writers, as a sealer would that wants no lines to come in between.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402
from bench.duties import World, ask  # noqa: E402
from bench.watch import watchers  # noqa: E402

GOAL = 0.8
COPY = """
CREATE TABLE copy_seal (LIKE audit_seal INCLUDING ALL);
CREATE TABLE copy_entry (LIKE audit_entry INCLUDING ALL);
ALTER TABLE copy_entry ADD FOREIGN KEY (seal_id) REFERENCES copy_seal (id);
GRANT ALL ON copy_seal, copy_entry TO dure_engine;
"""
FILL = """
INSERT INTO {table} (office_id, at, did, about, why, xact)
SELECT 0, timestamptz '2026-11-01' + n * interval '1 s', 'told', 'duty ' || gen_random_uuid(), '', 0
  FROM generate_series(1, %(lines)s) n
"""
SEALER = """
import sys, time, django
django.setup()
from django.db import connection, transaction
from dure import clock
from dure.audit import actions
from dure.audit.models import Entry, Seal
from dure.duty.models import Telling
table, how = sys.argv[1:]
Entry._meta.db_table, Seal._meta.db_table = table + "_entry", table + "_seal"
def seal():
    if how != "lock":
        return actions.seal(clock.real())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE audit_entry IN SHARE MODE")
        return actions.seal(clock.real())
print("ready", flush=True)
while not Telling.objects.exists():
    time.sleep(0.01)
while True:
    seal() or time.sleep(0.01)
"""


class Recorded(World):
    """An office whose record, and the copy of it, have many lines that aren't sealed yet."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines = lines
        ask(COPY)

    def open(self, many: int, since: datetime, apart: timedelta, urgent: bool = True) -> None:
        super().open(many, since, apart, urgent)
        ask("TRUNCATE copy_entry, copy_seal, audit_seal CASCADE")
        for table in ("audit_entry", "copy_entry"):
            ask(FILL.format(table=table), {"lines": self.lines})
        ask("VACUUM (ANALYZE) audit_entry, copy_entry")


@contextmanager
def sealing(table: str, how: str) -> Iterator[None]:
    """While a process seals this table without a pause."""
    environment = {**os.environ, "DURE_ROLE": "engine", "PYTHONPATH": os.pathsep.join(sys.path)}
    if how == "lock":
        environment["DURE_ROLE"] = "owner"  # no other may lock the record
    running = subprocess.Popen([sys.executable, "-c", SEALER, table, how], env=environment, stdout=subprocess.PIPE)
    try:
        assert running.stdout and running.stdout.readline()
        yield
        assert running.poll() is None, "the sealer died"
    finally:
        running.kill()
        running.wait()


def round_of(world: Recorded, many: int, table: str, how: str = "") -> float:
    """Seconds that two watchers take meanwhile."""
    world.empty()
    with sealing(table, how):
        taken = watchers(world, 2, many)
    [(sealed,)] = ask(f"SELECT coalesce(sum(lines), 0) FROM {table}_seal")
    print(f"  {many:,} duties in {taken:.2f} s; meanwhile {sealed:,} lines of {table}_entry sealed")
    assert sealed, "nothing was sealed"
    return taken


def measure(short: bool, how: str) -> bool:
    """Print the figures; whether the goal is met."""
    import dure.duty.watch  # noqa: F401  (imported once, before anything is measured)

    world = Recorded(60_000 if short else 200_000)
    ratios: list[Any] = []
    for _ in range(3 if short else 7):
        copy = round_of(world, 2_000 if short else 6_000, "copy")
        ratios.append(copy / round_of(world, 2_000 if short else 6_000, "audit", how))
    found = median(ratios)
    print(f"two watchers beside the sealer: {found:.2f} of their speed beside a stranger (goal ≥ {GOAL})")
    return found >= GOAL


def main() -> None:
    parser = ground.asked(__doc__)
    parser.add_argument("--sabotage", choices=["lock"], default="")
    asked = parser.parse_args()
    with ground.own():
        met = measure(asked.short, asked.sabotage)
    print("goal met" if met else "goal missed")
    sys.exit(not met)


if __name__ == "__main__":
    main()
