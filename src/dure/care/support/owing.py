"""What a dong's centre owes on paper: told once a day, then the office, until somebody has done it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from dure import clock
from dure.care.opening import at
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.people.models import Person
from dure.places.models import Area

EVENING = time(17)
DAY = timedelta(days=1)


def owed_by_dong(
    kind: str, what: str, *, on: date, page: str, about: UUID, area: Area | None, now: datetime, **values: Any
) -> Owed:
    """What somebody owes by the evening of a day; of a day that has been, by tomorrow evening.

    Without a dong it is the office's.
    """
    said: Mapping[str, Any] = {"dong": area.name if area else "—", **values}
    return Owed(
        kind=f"care.support_{kind}", what=what, values=said, due_at=at(max(on, today(now) + DAY), EVENING),
        ladder="dong" if area else "paper", page=page, area=area.pk if area else None, about=about,
    )  # fmt: skip


def open_one(office: int, owed: Owed, *, by: Person | None, now: datetime) -> Duty:
    """From now on this is owed."""
    return open_duties(office, [owed], by=by, now=now)[0]


def done(duty: Duty, *, by: Person, now: datetime, note: str = "") -> None:
    """It was done. What is over already stays as it is."""
    close([duty], by=by, outcome=Outcome.KEPT, now=now, note=note)


def today(now: datetime) -> date:
    """Which day it is where the office is."""
    return clock.local(now).date()
