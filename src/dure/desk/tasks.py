"""What the desk does at fixed times."""

from datetime import datetime

from django.utils.translation import gettext_noop

from dure.care.tasks import in_every_office
from dure.desk.reviewing import owe_review
from dure.health.actions import fault, mended
from dure.health.jobs import every
from dure.sealing import rotating

UNREADABLE = gettext_noop(
    "%(n)s values (door codes, illnesses, files) can't be read: their key isn't in DURE_FIELD_KEYS."
    " Give it there again."
)


@every("45 * * * *")
def owe_the_looks() -> None:
    """In every office, the review of last month's looks."""
    in_every_office(owe_review)


@every("20 2 * * *")
def seal_the_rest() -> None:
    """What isn't sealed yet, or lies under an earlier key, is sealed with the key that seals now."""
    in_every_office(seal_anew)


def seal_anew(office: int, now: datetime) -> None:
    """One office's. What can't be read is a fault that stands until its key is there again."""
    for field in rotating.columns():
        rotating.rotate(field)
    rotating.rotate_values()
    if many := rotating.unreadable():
        fault("sealed", UNREADABLE, {"n": many}, now=now, office=office)
    else:
        mended("sealed", now=now, office=office)
