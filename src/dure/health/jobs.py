"""Work at fixed times and work that somebody asked for, in the queue on our own PostgreSQL. A box lists its own in
`tasks.py`.

Nothing that is owed to a person hangs on these: duties live in their own rows. Each job may run twice.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext_noop
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from dure import clock
from dure.health.actions import fault, mended
from dure.health.quiet import kind
from dure.offices.acting import rest

AWAY = (OperationalError, InterfaceError)  # the database let go: what was begun is tried again
TRIES, WAIT = 3, 10
ASK = "SELECT dure_ask(%s, %s)"
FAILED = gettext_noop("The job %(job)s failed: %(why)s")


def every(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Do this at these times (minute hour day month weekday, and seconds if there is a sixth), one at a time."""

    def register(work: Callable[[], None]) -> Callable[[], None]:
        name = _name(work)

        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name, lock=name)
        @wraps(work)
        def job(timestamp: int) -> None:
            attempt(name, work)

        return work

    return register


def on_request(work: Callable[..., None]) -> Callable[..., None]:
    """Do this when somebody asks for it: `work(…, office=, person=, tries=)`, `tries` how often it was begun before.

    What fails because the database let go is tried again, as often as TRIES; what died with its process, always: who
    finds it begun more often than that gives up, or it would end one process after the other.
    """
    name = _name(work)
    retry = RetryStrategy(max_attempts=TRIES, wait=WAIT, retry_exceptions=AWAY)

    @app.task(name=f"asked.{name}", queue="asked", pass_context=True, retry=retry)
    def job(context: JobContext, /, **what: Any) -> None:
        assert context.job is not None
        tries = context.job.attempts
        attempt(name, lambda: work(**what, tries=tries))

    return work


def ask(name: str, **what: Any) -> None:
    """Have this work done soon, for the person for whom the connection acts. It is asked for in the caller's
    transaction: if that is taken back, so is this."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [name, json.dumps(what)])
        assert cursor.fetchone(), "nobody is signed in who could ask for it"


def _name(work: Callable[..., None]) -> str:
    return f"{work.__module__.removeprefix('dure.').removesuffix('.tasks')}.{work.__name__}"


def attempt(name: str, work: Callable[[], None]) -> None:
    """Do it; if it fails, somebody is told that it must be mended, and that it is when it next succeeds."""
    try:
        work()
    except Exception as problem:
        reconnect()
        fault(f"job:{name}", FAILED, {"job": name, "why": kind(problem)}, now=clock.now())
        raise
    else:
        mended(f"job:{name}", now=clock.now())
    finally:
        rest()


def reconnect() -> None:
    """After something broke: if it was the connection, the next statement opens another."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
