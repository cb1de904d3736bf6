"""Who was served by the demo office and isn't any more: what of them is deleted, and when, shows on its page."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop

from dure.care.models import Contact, Recipient
from dure.demo.staff import Staff
from dure.places.models import Place
from dure.retention.actions import hold

ENDED = [(96, gettext_noop("moved away")), (75, gettext_noop("moved away")), (40, gettext_noop("doesn't want it"))]


def end_some(staff: Staff, recipients: Sequence[Recipient], given: Iterator[str], day: date, now: datetime) -> None:
    """Three whose meals have ended; of one the data are held back."""
    like = recipients[0]
    for days, why in ENDED:
        place = Place.objects.create(
            office_id=like.office_id, address="체험로 12", area=like.place.area, door_code="1234*",
        )  # fmt: skip
        made = Recipient.objects.create(
            office_id=like.office_id, name=next(given), provider=like.provider, centre=like.centre, place=place,
            phone="010-0000-0000", health="고혈압", started_on=day - timedelta(days=400),
            ended_on=day - timedelta(days=days), ended_why=why, ended_how="moved",
        )  # fmt: skip
        Contact.objects.create(
            office_id=like.office_id, recipient=made, name="딸", relation="딸", phone="010-0000-0000"
        )
    hold("recipient", made.ref, "보험사 사실 조회", day + timedelta(days=60), by=staff.officers[0], now=now)
