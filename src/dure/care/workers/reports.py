"""What a worker's phone says of the worker."""

from datetime import datetime

from dure.care.on_the_road import SILENT, follow
from dure.care.phone import seen_at
from dure.care.workers.actions import HELP, ask_for_help
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome, Report
from dure.offices.acting import acting


def take_help(report: Report, now: datetime) -> None:
    """She pressed help, wherever she is: nobody asks where, and nothing she says is needed."""
    ask_for_help(report.by, at=seen_at(report, now), now=now, surely=report.sent_at is not None)


TAKERS = {HELP: take_help}


def reported(report: Report, *, now: datetime) -> None:
    """The worker has reported something since her silence was asked about: she has ended that herself.

    What she had entered before, and the phone sends only now, says nothing of how she is: a person still asks.
    """
    with acting(report.office_id, report.by_id):
        mine = Duty.objects.filter(kind=SILENT, about=report.by.ref, closed_at=None, raised_at__isnull=False)
        if report.seen_at and (ended := list(mine.filter(raised_at__lte=seen_at(report, now)))):
            close(ended, by=report.by, outcome=Outcome.KEPT, now=now)
            follow([report.by_id], by=report.by, now=now)
