"""What care does at fixed times."""

from io import StringIO

from django.core.management import call_command

from dure.health.jobs import every


@every("*/10 * * * *")
def open_days() -> None:
    """Today's and tomorrow's visits of every office; what is open already stays as it is."""
    call_command("open_day", stdout=StringIO())
