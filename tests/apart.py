"""A database apart, for what the test's own transaction would hide: other connections, other processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from dure import postgres
from tests.conftest import TEST

_numbers = count(1)
START = "import django; django.setup()\n"
Url = Callable[[str], str]  # how a role connects: `url("engine")`


@contextmanager
def database(cluster: postgres.Server, blocker: Any) -> Iterator[Url]:
    """A copy of the migrated, empty database; real transactions in it are seen by nobody else's test."""
    name = sql.Identifier(f"{TEST}_{os.getpid()}_{next(_numbers)}")
    with blocker.unblock():
        connection.close()
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [TEST])
        owner.execute(sql.SQL("CREATE DATABASE {} OWNER dure_owner TEMPLATE {}").format(name, sql.Identifier(TEST)))
        try:
            yield lambda role: cluster.url("postgres" if role == "postgres" else f"dure_{role}", name._obj[0])
        finally:
            with blocker.unblock():
                connection.close()  # one that was left open to it would be found dead by whatever is tried next
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def program(code: str, url: Url, role: str) -> subprocess.Popen[str]:
    """Another process of ours that runs this, connected as a role."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dure.settings",
        "DURE_ROLE": "owner" if role == "postgres" else role,
        "DURE_SECRET_KEY": "tests",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATABASE_OWNER_URL": url("postgres" if role == "postgres" else "owner"),
        "DATABASE_URL": url("app"),
        "DATABASE_ENGINE_URL": url("engine"),
    }
    return subprocess.Popen([sys.executable, "-c", START + code], env=env, text=True, stdout=subprocess.PIPE)


def said(process: subprocess.Popen[str]) -> str:
    """What the process printed, when it ended well."""
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    return out.strip()


AT_ONCE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_advisory_lock_shared(7)")
"""


def race(code: str, url: Url, role: str, many: int = 2) -> list[str]:
    """What several processes say that do the same at the same moment."""
    with psycopg.connect(url("postgres"), autocommit=True) as start:
        start.execute("SELECT pg_advisory_lock(7)")
        processes = [program(AT_ONCE + code, url, role) for _ in range(many)]
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted"
        while start.execute(waiting).fetchone() != (many,):
            assert all(process.poll() is None for process in processes)
            time.sleep(0.02)
        start.execute("SELECT pg_advisory_unlock(7)")
        return [said(process) for process in processes]
