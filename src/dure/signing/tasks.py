"""What the jobs do for signing in."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from dure import clock
from dure.health.jobs import every
from dure.signing import proxies
from dure.signing.models import Count, Tries

DAY = timedelta(days=1)


@every("17 * * * *")
def let_go() -> None:
    """What counts no more is let go."""
    forget_old(clock.real())
    proxies.settle(clock.now())


def forget_old(real: datetime) -> int:
    """Tries and counts of yesterday, and sessions that have run out; how many."""
    gone, _ = Tries.objects.filter(last_at__lt=real - DAY).delete()
    counts, _ = Count.objects.filter(since__lt=real - DAY).delete()
    over, _ = Session.objects.filter(expire_date__lt=real).delete()
    return gone + counts + over
