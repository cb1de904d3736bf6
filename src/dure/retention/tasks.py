"""What the jobs do with personal data whose time is over."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from dure import clock
from dure.care.tasks import in_every_office
from dure.health.jobs import every
from dure.retention.letting_go import let_go
from dure.retention.periods import standard
from dure.rules.actions import begin


@every("20 3 * * *")
def let_data_go() -> None:
    """In the quiet hours, after the back-up: what is due goes, or a person is asked."""
    in_every_office(tonight)


def tonight(office: int, now: datetime) -> None:
    """One office."""
    begin(office, standard(), now=now)
    let_go(office, now, folder=Path(settings.DURE_BACKUPS), real=clock.real())
