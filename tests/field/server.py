"""The real web process on a database of its own, its clock standing where the test puts it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg

from dure import postgres

SOURCE = "test_dure"


@contextmanager
def serving(cluster: postgres.Server, name: str, now: datetime, build: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    """Copy the migrated database, fill it with what `build` makes, and serve it: (address, what was built)."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    with psycopg.connect(cluster.url(), autocommit=True) as root:
        root.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        root.execute(f"CREATE DATABASE {name} TEMPLATE {SOURCE} OWNER dure_owner")
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        built = build()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    with psycopg.connect(cluster.url("dure_owner", name), autocommit=True) as owner:
        owner.execute("INSERT INTO dure_clock (at) VALUES (%s)", [now])
    port = _free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "dure.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--log-level", "warning"],
        env=os.environ | {
            "DATABASE_URL": cluster.url("dure_app", name), "DURE_MOVED_CLOCK": cluster.url("dure_app", name),
            "DURE_DATA": str(cluster.folder.parent), "DURE_ROLE": "app", "DURE_SECRET_KEY": settings.SECRET_KEY,
        },
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/field/", web)
        yield f"http://127.0.0.1:{port}", built
    finally:
        web.terminate()
        web.wait(20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(url: str, web: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except OSError:
            if web.poll() is not None:
                raise
            time.sleep(0.2)
    raise AssertionError("the web process doesn't answer")
