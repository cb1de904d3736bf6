"""A person is asked before a first, a very large or a late run lets go of anything: owed like everything else."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from dure.duty.models import Duty
from dure.duty.opening import Owed, open_duties
from dure.retention.models import Run

KIND = "retention.run"
CONFIRM = gettext_noop("Personal data whose time is over wait to be deleted: look at them and confirm.")
A_DAY = timedelta(days=1)


def ask(run: Run, now: datetime) -> None:
    """Once for each run."""
    if not Duty.objects.filter(kind=KIND, about=run.ref).exists():
        owed = Owed(kind=KIND, what=CONFIRM, due_at=now + A_DAY, ladder="paper", page="/retention/", about=run.ref)
        open_duties(run.office_id, [owed], by=None, now=now)


def asked(run: Run) -> list[Duty]:
    """What is owed for this run."""
    return list(Duty.objects.filter(kind=KIND, about=run.ref, closed_at=None))
