"""The real web process on a database of its own, its clock standing where the test puts it."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dure import postgres
from dure.demo import processes
from tests import apart
from tests.field.dying import kill


@contextmanager
def serving(
    cluster: postgres.Server, blocker: Any, now: datetime, build: Callable[[], Any], *commands: str
) -> Iterator[tuple[str, Any, apart.Url]]:
    """A database apart, filled with what `build` makes, and served: (address, what was built, how roles connect).
    Commands of ours run beside the web process: `watch`, `send`.
    """
    with (
        prepared(cluster, blocker, now, build) as (environment, built, url),
        beside(environment, url, *commands),
        web(environment) as address,
    ):
        yield address, built, url


@contextmanager
def beside(environment: dict[str, str], url: apart.Url, *commands: str) -> Iterator[None]:
    """Commands of ours as processes of their own, beside the web process."""
    without = {name: value for name, value in (os.environ | environment).items() if name != "DURE_ROLE"}
    known = without | {"DATABASE_ENGINE_URL": url("engine")}
    with ExitStack() as ends:
        for name in commands:
            started = subprocess.Popen(processes.command(name), env=known)
            ends.callback(started.wait, 20)
            ends.callback(started.terminate)
        yield


@contextmanager
def prepared(
    cluster: postgres.Server, blocker: Any, now: datetime, build: Callable[[], Any]
) -> Iterator[tuple[dict[str, str], Any, apart.Url]]:
    """A database apart, filled with what `build` makes: (settings of a web process, what was built, how to connect)."""
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
        yield known | {"DATABASE_URL": url("app"), "DURE_MOVED_CLOCK": url("app")}, built, url


@contextmanager
def web(environment: dict[str, str]) -> Iterator[str]:
    """The web process with these settings; its address."""
    running = Web(environment)
    try:
        running.start()
        yield running.address
    finally:
        running.stop()


class Web:
    """A web process that can be stopped, killed and started again at the same address."""

    def __init__(self, environment: dict[str, str], application: str = "dure.wsgi") -> None:
        self.environment, self.port, self.application = environment, _free_port(), application
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it; it answers a little later."""
        started = processes.web(f"127.0.0.1:{self.port}")
        started = [self.application if each == "dure.wsgi" else each for each in started]
        self.process = subprocess.Popen(started, env=os.environ | self.environment)

    def wait(self) -> None:
        """Wait until it answers, if it was started."""
        if self.process:
            _wait(f"{self.address}/field/", self.process)

    def kill(self) -> None:
        """Every process of it is gone at once."""
        if self.process:
            kill([self.process.pid])
            self.process.wait(20)
            self.process = None

    def stop(self) -> None:
        """Let it end what it is doing, and go."""
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


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
