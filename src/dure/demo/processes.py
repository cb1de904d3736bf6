"""The processes of Dure as children of this one: web, watch, sender, jobs. Who dies is started again.

None outlives this one, also when it is ended by force: each is tied to it.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from django.core.management import get_commands
from django.utils.translation import gettext_noop

from dure import clock
from dure.demo.tied import tied
from dure.health.actions import fault, mended

log = logging.getLogger(__name__)
DIED = gettext_noop("A part of the product stopped by itself (%(name)s) and was started again.")
LOOK = 0.5  # seconds between two looks at the children
LOOKS_A_NEED = 10  # looks between two looks at what the children need
STEADY = 60.0  # seconds after which a restarted child counts as mended
PATIENCE = 15.0  # seconds that a child has to end by itself
THREADS = "4"
WAITS = (0.0, 1.0, 5.0, 15.0, 30.0)  # before the first, second … restart in a row


def web(bind: str, workers: int = 2) -> list[str]:
    """How the web process is started where no proxy stands in front of it.

    A browser opens connections ahead of need and leaves them idle: with one request at a time (`sync`, right behind a
    proxy) two of them would keep everybody waiting for half a minute.
    """
    options = ["--workers", str(workers), "--threads", THREADS, "--bind", bind, "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", "dure.wsgi", *options]


def command(name: str, *arguments: str) -> list[str]:
    """How one of our own commands is started."""
    return [sys.executable, "-c", "from dure.cli import main; main()", name, *arguments]


def all_of_them(bind: str) -> dict[str, Sequence[str]]:
    """Everything that has to run, by name."""
    names = {"watch": "watch", "sender": "send", "jobs": "jobs"}
    own = {name: command(run) for name, run in names.items() if run in get_commands()}
    return {"web": web(bind), **own}


@dataclass
class Child:
    """One process that has to run."""

    name: str
    run: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    deaths: int = 0
    not_before: float = 0.0


@dataclass
class Children:
    """All of them, started together and ended together."""

    runs: Mapping[str, Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # settings of one of them alone, by name
    output: int | None = None  # where their output goes; None: to the terminal

    def __post_init__(self) -> None:
        self.all = [Child(name, run) for name, run in self.runs.items()]

    def start(self) -> None:
        """Start those that don't run."""
        environment = {**os.environ, **self.environment}
        for child in self.all:
            if child.process is None and monotonic() >= child.not_before:
                role = {"DURE_ROLE": "app"} if child.name == "web" else {}
                child.process = subprocess.Popen(
                    tied(child.run),
                    env={**environment, **role, **self.own.get(child.name, {})},
                    start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
                    stdin=subprocess.DEVNULL,
                    stdout=self.output,
                    stderr=self.output,
                )
                child.began = monotonic()

    def dead(self) -> list[Child]:
        """Those that have ended by themselves since the last look."""
        gone = [child for child in self.all if child.process is not None and child.process.poll() is not None]
        for child in gone:
            child.process = None
            child.deaths += 1
            child.not_before = monotonic() + WAITS[min(child.deaths, len(WAITS)) - 1]
        return gone

    def stop(self) -> None:
        """Ask all to finish what they have in hand, and end who doesn't."""
        running = [child.process for child in self.all if child.process is not None]
        for process in running:
            process.terminate()
        until = monotonic() + PATIENCE
        for process in running:
            try:
                process.wait(max(0.1, until - monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self.all:
            child.process = None


def keep(children: Children, stop: threading.Event, needed: Callable[[], None] | None = None) -> None:
    """Keep them running until somebody asks to stop, and what they need (the data base) as well."""
    children.start()
    looks = 0
    try:
        while not stop.wait(LOOK):
            looks += 1
            if needed and looks % LOOKS_A_NEED == 0:
                needed()
            for child in children.dead():
                log.warning("%s stopped by itself; it is started again", child.name)
                _say(child)
            children.start()
            for child in children.all:
                if child.deaths and child.process and monotonic() - child.began > STEADY:
                    child.deaths = 0
                    mended(f"process {child.name}", now=clock.now())
    finally:
        children.stop()


def _say(child: Child) -> None:
    try:
        fault(f"process {child.name}", DIED, {"name": child.name}, now=clock.now(), outside=True)
    except Exception:  # the database may be what died: keeping the rest running comes first
        log.warning("the fault could not be written down")
