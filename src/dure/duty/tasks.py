"""What the jobs do for the kernel."""

from datetime import timedelta

from dure import clock
from dure.duty.auditor import audit
from dure.health.jobs import every

LATE = timedelta(minutes=1)


@every("* * * * *")
def audit_what_was_told() -> None:
    """Count anew what should have been told by now, and say what wasn't."""
    now = clock.now()
    audit(now, now - LATE)
