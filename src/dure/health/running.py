"""Running for as long as nobody asks to stop: the frame of every process that loops."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, connection

from dure import clock
from dure.health.actions import beat

log = logging.getLogger(__name__)
BEAT = timedelta(seconds=2)
PAUSE = 1.0  # seconds without work
PAUSE_MOVED = 0.02  # under a moved clock a driver waits for us


def stop_on_signals() -> threading.Event:
    """Set when the process is asked to end: it finishes what it has in hand."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    return stop


def run(name: str, work: Callable[[datetime, datetime], int], stop: threading.Event) -> None:
    """Do the work again and again: `work(now, real)` says how much it did; with nothing to do, beat and pause.

    A database that is away is waited for; nothing else is swallowed.
    """
    pause = PAUSE_MOVED if clock.is_moved() else PAUSE
    beaten = told = datetime.min.replace(tzinfo=UTC)
    while not stop.is_set():
        try:
            now, real = clock.now(), clock.real()
            idle = not work(now, real)
            if (idle and clock.is_moved() and told != now) or real - beaten > BEAT:
                beat(name, real=real, clock_at=now)
                beaten, told = real, now
            if idle:
                stop.wait(pause)
        except OperationalError:
            log.warning("%s: the database does not answer; trying again", name)
            connection.close()
            stop.wait(PAUSE)
