"""The monthly review of who has looked at whose data: owed by whoever administers, and signed."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.audit.models import Review
from dure.care.money.models import next_month
from dure.care.opening import at, one_at_a_time
from dure.desk import looks
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.offices.models import Office
from dure.people.models import Person

KIND = "desk.looks"
REVIEW = gettext_noop("Review who looked at whose data in %(month)s, and sign it.")
DAYS, EVENING = 10, time(17)  # of the next month; ◦ the safety standard asks for a review every month


def about(office: int, month: date) -> UUID:
    """What the duty of a month is about."""
    return uuid5(Office.objects.values_list("ref", flat=True).get(pk=office), f"looks {month:%Y-%m}")


@transaction.atomic
def owe_review(office: int, now: datetime) -> int:
    """From the first of a month the review of the month before is owed. Safe to run again."""
    one_at_a_time(office)
    month = looks.before(clock.local(now).date())
    key = about(office, month)
    known = Duty.objects.filter(office_id=office, kind=KIND, about=key)
    signed = Review.objects.filter(office_id=office, month=month)
    if known.exists() or signed.exists() or not looks.of_month(office, month).exists():
        return 0
    due = at(next_month(month) + timedelta(days=DAYS - 1), EVENING)
    owed = Owed(
        kind=KIND, what=REVIEW, values={"month": f"{month:%Y-%m}"}, due_at=due, ladder="paper",
        page=f"/looks/?month={month:%Y-%m}", about=key,
    )  # fmt: skip
    return len(open_duties(office, [owed], by=None, now=now))


@transaction.atomic
def sign(office: int, month: date, remark: str, *, by: Person, now: datetime) -> Review:
    """Somebody has looked through a month that is over, and says what they found."""
    one_at_a_time(office)
    if next_month(month) > clock.local(now).date():
        raise Refused(_("This month isn't over yet. Sign it from the first day of the next."))
    if Review.objects.filter(office_id=office, month=month).exists():
        raise Refused(_("This month is signed already."))
    made = Review.objects.create(office_id=office, month=month, by_id=by.pk, at=now, remark=remark)
    duties = Duty.objects.filter(office_id=office, kind=KIND, about=about(office, month), closed_at=None)
    close(list(duties), by=by, outcome=Outcome.KEPT, now=now)
    note(at=now, who=by, did="signed the looks", about=made, why=f"{month:%Y-%m}")
    return made
