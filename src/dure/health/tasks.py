"""What the jobs do for the installation itself."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from dure import clock
from dure.audit import anchors
from dure.audit.actions import seal
from dure.health import backup
from dure.health.actions import AUDIT, AUDIT_EVERY, beat, fault, look_at_the_others, silent
from dure.health.jobs import every
from dure.health.models import Beat
from dure.health.outside import tell

STALLED = 60  # seconds without a sign of life of its worker; a worker gives one every ten
NO_OWNER = gettext_noop(
    "No nightly back-up is made: set DATABASE_OWNER_URL for the jobs, or run dure backup by yourself."
)


def begin() -> None:
    """Before the jobs begin: if they were away, the auditor's first look is waited for from now on. If they only end
    and begin again and again, it isn't: that would hide that it never looks."""
    now, real = clock.now(), clock.real()
    if silent(["jobs"], real=real):
        beat(AUDIT, real=real, clock_at=now, every=AUDIT_EVERY)


@every("* * * * * */10")
def live() -> None:
    """The jobs' own sign of life, and a look at who else lives."""
    now, real = clock.now(), clock.real()
    beat("jobs", real=real, clock_at=now, every=10)
    look_at_the_others("jobs", settings.DURE_WATCHED, real=real, now=now)


@every("* * * * *")
def seal_the_record() -> None:
    """Lines of the record are in the chain within a minute."""
    while seal(clock.now()):
        pass


@every("15 * * * *")
def anchor_the_record() -> None:
    """Once a day the newest seal lies beside the back-ups."""
    anchors.drop(Path(settings.DURE_BACKUPS), clock.today())


@every("* * * * * */20")
def tell_outside() -> None:
    """Somebody outside learns every minute that all runs, or within 20 seconds that it doesn't."""
    if settings.DURE_OUTSIDE_URL:
        now, real = clock.now(), clock.real()
        tell(settings.DURE_OUTSIDE_URL, settings.DURE_WATCHED, now=now, real=real, if_well=real.second < 20)


@every("*/10 * * * *")
def back_up() -> None:
    """The nightly back-up, made by the owner in a process of its own. One missed is made up for."""
    last = Beat.objects.filter(name=backup.NAME).first()
    if not backup.is_due(last.at if last else None, clock.real()):
        return
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_OWNER_URL"):
        fault(backup.NAME, NO_OWNER, now=clock.now())
        return
    program = Path(sys.executable).with_name("dure")
    subprocess.run([program, "backup"], check=True, env={**os.environ, "DURE_DATA": str(settings.DATA)})


@app.periodic(cron="* * * * *")
@app.task(name="health.take_up", queueing_lock="health.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker died are done again; the queue doesn't do so by itself."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        try:
            await jobs.retry_job(job)
        except UniqueViolation:  # it waits in the queue again already
            await jobs.finish_job(job, Status.FAILED, delete_job=True)
