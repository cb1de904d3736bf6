"""The one reader of the clock.

`now` is the time by which the office lives: the real time, or in a demo and in tests the moment in one database
row that a driver moves on. `real` is the machine's own time, for what is about processes and not about people:
beats, leases, sessions.
"""

import os
import threading
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import psycopg

MOVED = "DURE_MOVED_CLOCK"  # connection string of the database whose row `dure_clock` is followed
_local = threading.local()
_zone: ContextVar[ZoneInfo | None] = ContextVar("zone", default=None)


def real() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(UTC)


def is_moved() -> bool:
    """Whether a driver moves the clock (demo, tests)."""
    return bool(os.environ.get(MOVED))


def now() -> datetime:
    """What time it is for the office, in UTC."""
    url = os.environ.get(MOVED)
    return _read(url) if url else real()


def _read(url: str) -> datetime:
    for attempt in (1, 2):
        try:
            if getattr(_local, "connection", None) is None:
                _local.connection = psycopg.connect(url, autocommit=True)
            row = _local.connection.execute("SELECT at FROM dure_clock").fetchone()
            return row[0].astimezone(UTC) if row else real()  # no row yet: nobody has moved it
        except psycopg.OperationalError:
            _local.connection = None
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


def zone() -> ZoneInfo:
    """The zone in which the office lives."""
    return _zone.get() or ZoneInfo(os.environ.get("DURE_ZONE", "Asia/Seoul"))


def use_zone(name: str | None) -> None:
    """From here on moments are read in this office's zone (None: the installation's)."""
    _zone.set(ZoneInfo(name) if name else None)


def today() -> date:
    """Which day it is in the office's zone."""
    return now().astimezone(zone()).date()


def local(moment: datetime) -> datetime:
    """The moment in the office's zone."""
    return moment.astimezone(zone())


def format_moment(moment: datetime) -> str:
    """A moment as people here read it: the time of day in the office's zone, with the date unless it is today."""
    here = local(moment)
    return f"{here:%H:%M}" if here.date() == today() else f"{here:%m-%d %H:%M}"
