"""What calls do at fixed times."""

from datetime import datetime

from dure.care.calls import opening, warnings
from dure.care.tasks import in_every_office
from dure.health.jobs import every


@every("*/10 * * * *")
def open_calls() -> None:
    """Warnings whose last day is over end; then today's and tomorrow's calls of every office."""
    in_every_office(_of)


def _of(office: int, now: datetime) -> None:
    warnings.end_over(office, now)
    opening.open_all(office, now)
