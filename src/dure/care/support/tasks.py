"""What tailored support does at fixed times."""

from datetime import datetime

from dure.care.support import plans, searches
from dure.care.tasks import in_every_office
from dure.health.jobs import every


@every("35 * * * *")
def owe_support() -> None:
    """In every office: plans to be renewed or looked at, and the search lists of the quarter."""
    in_every_office(renewals, lists)


def renewals(office: int, now: datetime) -> None:
    """Plans that come to their end, or are to be looked at."""
    plans.owe(office, now)


def lists(office: int, now: datetime) -> None:
    """Whom each dong looks for in this quarter."""
    searches.make_lists(office, now)
