"""One process of the product as the crash run starts it: the real command, with what the run hangs into it.

`python -m tests.crash.process watch|send [SABOTAGE]`; the web process is `gunicorn tests.crash.process:application`.
The sabotages exist only here: each breaks one promise, and the run has to notice.
"""

import json
import os
import sys
import threading
import time
from datetime import datetime, timedelta
from typing import Any

LEASE = timedelta(seconds=3)  # of a sender that was killed; the product's minute would only make the run longer
COMMAND = sys.argv[1] if __name__ == "__main__" else "web"
SABOTAGE = os.environ.get("CRASH_SABOTAGE", "")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
os.environ["DURE_ROLE"] = "app" if COMMAND == "web" else "engine"

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

import dure.urls  # noqa: E402
from dure.duty import applying, watch  # noqa: E402
from dure.duty.actions import close  # noqa: E402
from dure.duty.models import Duty, Outcome, Report  # noqa: E402
from dure.duty.opening import Owed, open_duties, succeed  # noqa: E402
from dure.field import api  # noqa: E402
from dure.offices.acting import act  # noqa: E402
from dure.outbox import sender  # noqa: E402


def owed(kind: str, about: Any, now: datetime) -> Owed:
    """Somebody has to go and look, at once."""
    return Owed(kind, "Go and look.", now, "case", about=about, urgent=True, page=f"/{about}", raised_why=kind)


def silence(duty: Duty, now: datetime) -> None:
    """The hook of a visit that nobody reported: a case is opened."""
    open_duties(duty.office_id, [owed("crash.silence", duty.ref, now)], by=None, now=now)


def seen(report: Report, now: datetime) -> None:
    """What a phone says about a visit: all well, nobody answers, or worse than what was said before."""
    duty = Duty.objects.get(ref=report.about)
    if json.loads(report.body)["well"]:
        close([duty], by=report.by, outcome=Outcome.KEPT, now=now)
    elif duty.is_open:
        close([duty], by=report.by, outcome=Outcome.PASSED_ON, now=now)
        open_duties(duty.office_id, [owed("crash.no_reply", report.key, now)], by=report.by, now=now)
    else:
        succeed(duty, owed("crash.worse", report.key, now), by=report.by, now=now)


def after_commit() -> None:
    """Messages are written after the commit of what caused them, not with it."""
    real = applying.tell

    def later(told: Any) -> None:
        kept = list(told)

        def write() -> None:
            time.sleep(0.3)
            real(kept)

        transaction.on_commit(write)

    applying.tell = later


def lock() -> None:
    """Watchers take rows without locking them (the run also drops the constraint that would catch it)."""

    def due(now: datetime, batch: int, only: int | None = None) -> list[Duty]:
        found = Duty.objects.filter(closed_at=None, look_at__lte=now).order_by("look_at")
        return list(found.filter(pk=only) if only is not None else found[:batch])

    watch._due = due


def dropped_ack() -> None:
    """The phone is told that its report is kept before it is."""
    real = api._hand_in

    def later(request: Any, envelope: Any) -> bool:
        by = request.auth.person

        def keep() -> None:
            act(by.office_id, by.pk)
            real(request, envelope)
            connection.close()

        threading.Timer(0.2, keep).start()
        return False

    api._hand_in = later


SABOTAGES = {"after_commit": after_commit, "lock": lock, "dropped_ack": dropped_ack}

sender.LEASE = LEASE
dure.urls.HOOKS["crash.visit"] = silence
dure.urls.TAKERS["crash.seen"] = seen
if SABOTAGE:
    SABOTAGES[SABOTAGE]()

if __name__ == "__main__":
    from dure.cli import main

    sys.argv = ["dure", COMMAND]
    main()
else:
    from dure.wsgi import application  # noqa: F401
