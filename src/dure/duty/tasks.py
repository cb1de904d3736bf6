"""What the jobs do for the kernel."""

from datetime import timedelta
from time import monotonic

from dure import clock
from dure.duty.auditor import audit
from dure.health.actions import AUDIT, AUDIT_EVERY, beat
from dure.health.jobs import every

LATE = timedelta(minutes=1)
CATCHING_UP = 90.0  # seconds after a start: what was due while nothing ran is told first
BEGAN = monotonic()


@every("* * * * *")
def audit_what_was_told() -> None:
    """Count anew what should have been told by now, and say what wasn't."""
    if monotonic() - BEGAN > CATCHING_UP:
        now = clock.now()
        audit(now, now - LATE)
        beat(AUDIT, real=clock.real(), clock_at=now, every=AUDIT_EVERY)
