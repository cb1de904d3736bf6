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
from psycopg.conninfo import conninfo_to_dict

from dure import postgres
from tests import apart


@contextmanager
def serving(
    cluster: postgres.Server, blocker: Any, now: datetime, build: Callable[[], Any]
) -> Iterator[tuple[str, Any, apart.Url]]:
    """A database apart, filled with what `build` makes, and served: (address, what was built, how roles connect)."""
    from django.conf import settings
    from django.db import connection

    with apart.database(cluster, blocker) as url:
        before = connection.settings_dict["NAME"]
        with blocker.unblock():
            connection.settings_dict["NAME"] = conninfo_to_dict(url("app"))["dbname"]
            try:
                built = build()
            finally:
                connection.close()
                connection.settings_dict["NAME"] = before
        with psycopg.connect(url("owner"), autocommit=True) as owner:
            owner.execute("INSERT INTO dure_clock (at) VALUES (%s)", [now])
        known = {
            "DURE_DATA": str(cluster.folder.parent),
            "DURE_ROLE": "app",
            "DURE_SECRET_KEY": settings.SECRET_KEY,
            "DURE_FIELD_KEYS": ",".join(settings.DURE_FIELD_KEYS),
        }
        with web(known | {"DATABASE_URL": url("app"), "DURE_MOVED_CLOCK": url("app")}) as address:
            yield address, built, url


@contextmanager
def web(environment: dict[str, str]) -> Iterator[str]:
    """The web process with these settings; its address."""
    port = _free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "dure.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--log-level", "warning"],
        env=os.environ | environment,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/field/", web)
        yield f"http://127.0.0.1:{port}"
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
