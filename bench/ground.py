"""What every bench stands on: a database of its own, CPU-seconds that are counted, and the verdict as last line."""

import argparse
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def own(**settings: str) -> Iterator[Any]:
    """A server and a migrated database of our own, thrown away afterwards; Django is set up on it as its owner.

    This process connects as a superuser who took the owner's role on, so that `tests.make.role` may take another.
    """
    from dure import postgres

    folder = Path(tempfile.mkdtemp(prefix="dure-bench-"))
    server = postgres.Server(folder / "postgres")
    server.start()
    os.environ.update(
        DURE_DATA=str(folder), DURE_ROLE="owner", DJANGO_SETTINGS_MODULE="dure.settings",
        DATABASE_OWNER_URL=server.url("postgres"), **settings,
    )  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from tests import make

    make.role("owner")
    call_command("migrate", verbosity=0)
    try:
        yield server
    finally:
        connection.close()
        real = server.real
        server.stop()
        shutil.rmtree(real, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def backend() -> int:
    """The database process that serves this one."""
    from django.db import connection

    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def used(process: int) -> float:
    """CPU-seconds that another process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu(*others: int) -> float:
    """CPU-seconds of this process and of these others together."""
    return time.process_time() + sum(map(used, others))


def calibrated() -> float:
    """Seconds that a fixed piece of work takes on this machine at this moment, neighbours and all (best of three)."""

    def work() -> float:
        began = time.perf_counter()
        sum(n * n for n in range(2_000_000))
        return time.perf_counter() - began

    return min(work() for _ in range(3))


def asked(meaning: str | None) -> argparse.ArgumentParser:
    """What every bench may be asked: `--short`."""
    parser = argparse.ArgumentParser(description=meaning, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="smaller, under a minute")
    return parser


def verdict(meaning: str | None, measure: Callable[[bool], bool]) -> None:
    """Read `--short`, measure, and say as the last line whether the goals are met."""
    met = measure(asked(meaning).parse_args().short)
    print("goal met" if met else "goal missed")
    sys.exit(not met)
