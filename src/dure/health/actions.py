"""Saying that something must be mended, and that a process lives."""

import json
from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from dure.health.models import Beat, Fault

AT_LEAST = timedelta(seconds=30)  # a busy machine isn't a dead one
APART = timedelta(minutes=1)  # two clocks are never quite at one
UNSAID = timedelta(minutes=10)  # for which nobody has said that a thing is wrong: then nobody looks at it any more
SILENCE = "silent "  # begins the key of such a fault
AUDIT, AUDIT_EVERY = "audit", 100  # the auditor, who is one of the jobs: silent after five minutes without a look
SILENT = {
    "watch": gettext_noop("Nobody is told any more what is overdue. Have that part of the server started again."),
    "sender": gettext_noop("Messages don't go out any more. Have that part of the server started again."),
    "jobs": gettext_noop(
        "Coming days aren't prepared, large lists not taken in, nothing is backed up."
        " Have that part of the server started again."
    ),
    AUDIT: gettext_noop(
        "Whether everybody was told is not counted anew any more. Have the log of that part of the server looked at."
    ),
}
AGAIN = """
INSERT INTO health_fault (office_id, key, what, values, outside, first_at, last_at, times)
VALUES (%s, %s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (office_id, key) WHERE mended_at IS NULL
DO UPDATE SET last_at = excluded.last_at, times = health_fault.times + 1, what = excluded.what,
              "values" = excluded."values", outside = health_fault.outside OR excluded.outside
"""


def fault(
    key: str,
    what: str,
    values: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    office: int | None = None,
    outside: bool = False,
) -> None:
    """Something must be mended by a person. Saying it again counts up the same fault; the latest words stand."""
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [office, key[:200], what, json.dumps(dict(values or {})), outside, now, now])


def mended(key: str, *, now: datetime, by: Any | None = None, office: int | None = None) -> None:
    """A fault is mended: by a person, or because what it says is no longer so."""
    Fault.objects.filter(office=office, key=key, mended_at=None).update(
        mended_at=now, mended_by_id=getattr(by, "pk", None)
    )


def mend_but(still: Container[str], prefix: str, *, now: datetime) -> None:
    """Of the whole installation's faults that begin so, those that nobody looks at any more are over.

    `still` is what one process looks at; what it doesn't, another may, and says so again and again.
    """
    found = Fault.objects.filter(office=None, key__startswith=prefix, mended_at=None)
    for key, last_at in found.values_list("key", "last_at"):
        if key not in still and over(last_at, now, UNSAID):
            mended(key, now=now)


def beat(name: str, *, real: datetime, clock_at: datetime, every: int = 5) -> None:
    """A process says that it lives, and up to which moment it has done its work."""
    Beat.objects.update_or_create(name=name, defaults={"at": real, "clock_at": clock_at, "every": every})


def over(since: datetime, real: datetime, span: timedelta) -> bool:
    """Whether so much time has passed. After a clock was set back nobody knows how much: then it has."""
    return not since <= real <= since + span


def with_auditor(watched: Iterable[str]) -> list[str]:
    """Who is watched; with the jobs also the auditor, once they have been started."""
    names = list(watched)
    return [*names, AUDIT] if "jobs" in names and Beat.objects.filter(name=AUDIT).exists() else names


def silent(needed: Iterable[str], *, real: datetime) -> list[str]:
    """Which of the processes haven't been heard from for too long. A sign of life that is still to come is none."""
    heard = {b.name: b for b in Beat.objects.filter(name__in=list(needed))}
    return [
        name
        for name in needed
        if name not in heard
        or not -APART <= real - heard[name].at <= max(AT_LEAST, 3 * timedelta(seconds=heard[name].every))
    ]


def look_at_the_others(own: str, watched: Iterable[str], *, real: datetime, now: datetime) -> list[str]:
    """Whoever of the processes lives says which of the others has fallen silent, and that it is heard again."""
    others = [name for name in with_auditor(watched) if name != own]
    quiet = silent(others, real=real)
    mend_but({SILENCE + name for name in [own, *others]}, SILENCE, now=now)
    for name in others:
        if name in quiet:
            fault(SILENCE + name, SILENT.get(name, name), now=now, outside=True)
        else:
            mended(SILENCE + name, now=now)
    return quiet
