"""Half a year after the last time, somebody looks again at whether what was agreed with a recipient still holds."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.models import Recipient
from dure.care.opening import at, one_at_a_time
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, amend, open_duties
from dure.errors import Refused
from dure.people.models import Person

KIND = "care.review"
REVIEW = gettext_noop("A recipient in %(dong)s was last reviewed on %(day)s: look whether what was agreed still holds.")
FIRST = gettext_noop(
    "A recipient in %(dong)s is served since %(day)s and was never reviewed: look whether what was agreed still holds."
)
HALF_A_YEAR, AHEAD = timedelta(days=182), timedelta(days=14)
EVENING = time(17)
AT_LEAST, A_SHARE = 5, 60  # so many a day, or one in so many served: an office that begins isn't owed all at once


def owed(recipients: QuerySet[Recipient]) -> QuerySet[Duty]:
    """The reviews that are owed now."""
    return Duty.objects.filter(kind=KIND, about__in=recipients.values("ref"), closed_at=None)


@transaction.atomic
def owe_reviews(office: int, now: datetime) -> int:
    """Reviews that come due within two weeks are owed from now on, the oldest first; how many. Safe to run again."""
    one_at_a_time(office)
    today = clock.local(now).date()
    served = Recipient.objects.filter(office_id=office).served()
    reviews = Duty.objects.filter(office_id=office, kind=KIND)
    left = max(AT_LEAST, served.count() // A_SHARE) - reviews.filter(opened_at__gte=at(today, time(0))).count()
    last = served.annotate(last=Coalesce("reviewed_on", "started_on"))
    ready = last.filter(last__lte=today - HALF_A_YEAR + AHEAD)
    ready = ready.exclude(ref__in=reviews.filter(closed_at=None).values("about"))
    found = ready.select_related("place__area").order_by("last", "id")[: max(left, 0)]
    return len(open_duties(office, [_owed(r, max(_due(r), today + AHEAD)) for r in found], by=None, now=now))


def _last(recipient: Recipient) -> date:
    return recipient.reviewed_on or recipient.started_on


def _due(recipient: Recipient) -> date:
    return _last(recipient) + HALF_A_YEAR


def _owed(recipient: Recipient, due: date) -> Owed:
    area = recipient.place.area
    return Owed(
        kind=KIND, what=REVIEW if recipient.reviewed_on else FIRST,
        values={"dong": area.name if area else "—", "day": str(_last(recipient))}, due_at=at(due, EVENING),
        ladder="office", page=f"/care/recipients/{recipient.ref}/", organisation=recipient.provider_id,
        area=area.pk if area else None, about=recipient.ref,
    )  # fmt: skip


@transaction.atomic
def reviewed(recipient: Recipient, *, changed: bool, by: Person, now: datetime) -> None:
    """Somebody looked at it anew with the recipient, and says whether anything has changed."""
    if recipient.ended_on:
        raise Refused(_("Meals have ended here: nothing is reviewed any more."))
    Recipient.objects.filter(pk=recipient.pk).update(reviewed_on=clock.local(now).date())
    why = "changed" if changed else "unchanged"
    _close(Recipient.objects.filter(pk=recipient.pk), Outcome.KEPT, why, by, now)
    note(at=now, who=by, did="reviewed", about=recipient, why=why)


def no_longer_owed(recipients: QuerySet[Recipient], *, by: Person, now: datetime) -> None:
    """Who isn't served any more isn't reviewed."""
    _close(recipients, Outcome.EXCUSED, "", by, now)


def _close(recipients: QuerySet[Recipient], outcome: Outcome, why: str, by: Person, now: datetime) -> None:
    close(list(owed(recipients)), by=by, outcome=outcome, now=now, note=why)


def follow(recipients: Collection[int], *, by: Person, now: datetime) -> None:
    """A review goes along to another provider and another dong. One entered on the form is done."""
    mine = Recipient.objects.filter(pk__in=recipients)
    reviews = {review.about: review for review in owed(mine) if review.about}
    found = list(mine.filter(ref__in=reviews).select_related("place__area"))
    done = [r for r in found if r.reviewed_on and r.reviewed_on >= clock.local(reviews[r.ref].opened_at).date()]
    close([reviews[r.ref] for r in done], by=by, outcome=Outcome.KEPT, now=now)
    moved = [(review, _owed(r, clock.local(review.due_at).date())) for r in found if (review := reviews[r.ref])]
    amend([(d, new) for d, new in moved if (d.organisation_id, d.area_id) != (new.organisation, new.area)],
          by=by, now=now)  # fmt: skip
