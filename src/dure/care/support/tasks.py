"""What tailored support does at fixed times."""

from datetime import datetime

from dure.care.support import plans, searches
from dure.care.support.letting_go import let_go
from dure.care.support.standard import RULES
from dure.care.tasks import in_every_office
from dure.health.jobs import every
from dure.rules.actions import begin


@every("35 * * * *")
def owe_support() -> None:
    """In every office: plans to be renewed or looked at, and the search lists of the quarter."""
    in_every_office(renewals, lists)


@every("50 2 * * *")
def let_lists_go() -> None:
    """Who stood on uploaded lists of long ago."""
    in_every_office(let_go)


def renewals(office: int, now: datetime) -> None:
    """Plans that come to their end, or are to be looked at. An office without the rules gets the standard ones."""
    begin(office, RULES, now=now)
    plans.owe(office, now)


def lists(office: int, now: datetime) -> None:
    """Whom each dong looks for in this quarter."""
    searches.make_lists(office, now)
