"""What the desk does at fixed times."""

from dure.care.tasks import in_every_office
from dure.desk.reviewing import owe_review
from dure.health.jobs import every


@every("45 * * * *")
def owe_the_looks() -> None:
    """In every office, the review of last month's looks."""
    in_every_office(owe_review)
