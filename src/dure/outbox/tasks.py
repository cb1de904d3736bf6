"""What the jobs do for messages."""

from django.conf import settings

from dure import clock
from dure.health.jobs import every
from dure.outbox.canary import trials, try_all


@every("* * * * *")
def send_trial_messages() -> None:
    """Whether messages go out at all, tried before somebody needs one."""
    tried = trials(settings.DURE_CARRIERS, settings.DURE_CANARY_TO, settings.DURE_CANARY_DAILY_TO)
    try_all(tried, now=clock.now(), real=clock.real())
