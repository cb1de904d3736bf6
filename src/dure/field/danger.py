"""119 was pressed on a phone that was locked: nobody knows at whose door. Somebody calls the worker at once."""

from datetime import datetime

from django.utils.translation import gettext_noop

from dure.care.on_the_road import employer
from dure.duty.models import Duty, Report
from dure.duty.opening import Owed, open_duties

KIND, ORDER = "field.danger", "case"
CALL = gettext_noop("%(person)s pressed 119 on the phone, and it isn't known at whose door. Call at once: %(phone)s")


def take(report: Report, now: datetime) -> None:
    """Somebody is to call who pressed it."""
    if Duty.objects.filter(kind=KIND, about=report.by.ref, closed_at=None).exists():
        return
    owed = Owed(
        kind=KIND, what=CALL, values={"person": str(report.by), "phone": report.by.phone or "—"}, due_at=now,
        ladder=ORDER, page=f"/field/phones/#w-{report.by.ref}", about=report.by.ref, organisation=employer(report.by),
        urgent=True, raised_why="danger",
    )  # fmt: skip
    open_duties(report.office_id, [owed], by=report.by, now=now)


TAKERS = {KIND: take}
