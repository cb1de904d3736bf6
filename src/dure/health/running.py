"""Running for as long as nobody asks to stop: the frame of every process that loops."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
from django.conf import settings
from django.db import Error, InternalError, OperationalError, connection

from dure import clock
from dure.health.actions import beat, look_at_the_others, over
from dure.health.outside import Alarm

log = logging.getLogger(__name__)
BEAT = timedelta(seconds=2)
OTHERS = timedelta(seconds=10)  # between two looks at the other processes
AWAY = timedelta(seconds=15)  # for which a database may be away: it may be starting anew
STARTING = timedelta(seconds=30)  # others may be starting too
STEP = timedelta(minutes=1)  # back, by which a clock is no longer merely a little off
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # nothing is done yet
FAR_AHEAD = datetime(9000, 1, 1, tzinfo=UTC)
PAUSE = 1.0  # seconds without work
PAUSE_MOVED = 0.02  # under a moved clock a driver waits for us
Work = Callable[[datetime, datetime], int]


def stop_on_signals() -> threading.Event:
    """Set when the process is asked to end: it finishes what it has in hand."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    return stop


def right_first(work: Work, set_right: Work) -> Work:
    """Work before which `set_right` is done whenever the office's clock was set back, and at the start: nobody knows
    what it was before."""
    latest = FAR_AHEAD

    def both(now: datetime, real: datetime) -> int:
        nonlocal latest
        if now < latest - STEP and (found := set_right(now, real)):
            log.warning("the clock was ahead and has been set right; %s brought back to now", found)
        latest = now
        return work(now, real)

    return both


def run(name: str, work: Work, stop: threading.Event) -> None:
    """Do the work again and again: `work(now, real)` says how much it did; with nothing to do, beat and pause.

    A database that is away, full or may only be read is waited for, and somebody outside is told; nothing else is
    swallowed. It has answered when it took our sign of life.
    """
    pause = PAUSE_MOVED if clock.is_moved() else PAUSE
    beaten = told = done = LONG_AGO
    answered = clock.real()
    look_next, alarm = answered + STARTING, Alarm(settings.DURE_OUTSIDE_URL)
    while not stop.is_set():
        try:
            now, real = clock.now(), clock.real()
            if idle := not work(now, real):
                done = now
            if (clock.is_moved() and told != done) or over(beaten, real, BEAT):
                beat(name, real=real, clock_at=done)
                answered = beaten = real
                told = done
            if real > look_next or look_next - real > STARTING:
                alarm.say(look_at_the_others(name, settings.DURE_WATCHED, real=real, now=now), real=real)
                look_next = real + OTHERS
            if idle:
                stop.wait(pause)
        except (Error, psycopg.Error) as problem:
            why = type(problem).__name__
            away = isinstance(problem, OperationalError | InternalError | psycopg.OperationalError)
            log.warning(
                "%s: the database does not do what it is asked (%s); trying again", name, why, exc_info=not away
            )
            connection.close()
            if over(answered, real := clock.real(), AWAY):
                alarm.say(["database"], real=real)
            stop.wait(PAUSE)
