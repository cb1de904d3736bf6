"""What care does at fixed times."""

import logging
from collections.abc import Callable
from datetime import datetime
from io import StringIO

from django.core.management import call_command

from dure import clock
from dure.care import exercises, nightly, numbers, reviews, rosters
from dure.care.certificates.actions import owe_renewals
from dure.care.following import let_go
from dure.care.money.actions import owe_settlements, withdraw_outdated
from dure.health.jobs import every, reconnect
from dure.offices.acting import acting
from dure.offices.models import Office

log = logging.getLogger(__name__)


@every("*/10 * * * *")
def open_days() -> None:
    """Today's and tomorrow's visits of every office; what is open already stays as it is."""
    call_command("open_day", stdout=StringIO())


@every("*/10 * * * *")
def forget_yesterdays_providers() -> None:
    """Who brought the last meal before a change of provider sees that recipient no more."""
    in_every_office(let_go)


@every("5 * * * *")
def write_rosters() -> None:
    """The shifts of the next eight weeks of every office, as the weekly rotas, the stand-ins and the holidays say."""
    in_every_office(rosters.write_all)


@every("25 * * * *")
def owe_what_comes_again() -> None:
    """What is owed again and again, in every office: tests of numbers, reviews of recipients, new certificates."""
    in_every_office(numbers.owe_tests, reviews.owe_reviews, owe_renewals)


@every("35 * * * *")
def owe_the_months() -> None:
    """Each provider's month, in every office; what somebody agreed on and is counted otherwise since is asked again."""
    in_every_office(owe_settlements, withdraw_outdated)


@every("*/10 * * * *")
def check_rosters() -> None:
    """Whether somebody answers at every hour: of today, and from the afternoon on of tomorrow too."""
    in_every_office(nightly.check)


def in_every_office(*works: Callable[[int, datetime], object]) -> None:
    """Do this work for each office. What fails in one holds up no other; the job fails when all had their turn."""
    problems = []
    for office in Office.objects.order_by("pk"):
        clock.use_zone(office.zone)
        for work in works:
            try:
                with acting(office.pk):
                    work(office.pk, clock.now())
            except Exception as problem:
                log.exception("%s failed in %s", work.__name__, office)
                reconnect()
                problems.append(problem)
    clock.use_zone(None)
    if problems:
        raise problems[0]


@every("* * * * *")
def end_exercises() -> None:
    """Exercises whose time is over."""
    exercises.end_those_over(clock.now())
