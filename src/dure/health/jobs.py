"""Work at fixed times, in the queue on our own PostgreSQL. A box lists its own in `tasks.py`.

Nothing that is owed to a person hangs on these: duties live in their own rows. Each job may run twice.
"""

from collections.abc import Callable
from functools import wraps

from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app

from dure import clock
from dure.health.actions import fault, mended
from dure.offices.acting import rest

FAILED = gettext_noop("The job %(job)s failed: %(why)s")


def every(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Do this at these times (minute hour day month weekday, and seconds if there is a sixth), one at a time."""

    def register(work: Callable[[], None]) -> Callable[[], None]:
        name = f"{work.__module__.removeprefix('dure.').removesuffix('.tasks')}.{work.__name__}"

        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name, lock=name)
        @wraps(work)
        def job(timestamp: int) -> None:
            attempt(name, work)

        return work

    return register


def attempt(name: str, work: Callable[[], None]) -> None:
    """Do it; if it fails, somebody is told that it must be mended, and that it is when it next succeeds."""
    try:
        work()
    except Exception as problem:
        fault(f"job:{name}", FAILED, {"job": name, "why": repr(problem)[:200]}, now=clock.now())
        raise
    else:
        mended(f"job:{name}", now=clock.now())
    finally:
        rest()
