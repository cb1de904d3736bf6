"""What care does at fixed times."""

from io import StringIO

from django.core.management import call_command

from dure import clock
from dure.care import nightly, numbers, reviews, rosters
from dure.health.jobs import every
from dure.offices.acting import acting
from dure.offices.models import Office


@every("*/10 * * * *")
def open_days() -> None:
    """Today's and tomorrow's visits of every office; what is open already stays as it is."""
    call_command("open_day", stdout=StringIO())


@every("5 * * * *")
def write_rosters() -> None:
    """The shifts of the next eight weeks of every office, as the weekly rotas, the stand-ins and the holidays say."""
    for office in Office.objects.all():
        clock.use_zone(office.zone)
        with acting(office.pk):
            rosters.write_all(office.pk, clock.now())


@every("25 * * * *")
def owe_what_comes_again() -> None:
    """What is owed again and again, in every office: the test of the numbers, the review of each recipient."""
    for office in Office.objects.all():
        clock.use_zone(office.zone)
        with acting(office.pk):
            numbers.owe_tests(office.pk, clock.now())
            reviews.owe_reviews(office.pk, clock.now())


@every("*/10 * * * *")
def check_rosters() -> None:
    """Whether somebody answers at every hour: of today, and from the afternoon on of tomorrow too."""
    for office in Office.objects.all():
        clock.use_zone(office.zone)
        with acting(office.pk):
            nightly.check(office.pk, clock.now())
