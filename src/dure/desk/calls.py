"""What who looks at the board is asked to do: to ring a number by hand (a night desk's landline), or to answer.

A number is shown until it is said what came of the call, somebody has the matter, or the next person was told.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from dure.duty.models import Claim, Duty, Telling
from dure.people.actions import Standing
from dure.people.models import Channel, Person


def to_ring(standing: Standing, refs: Iterable[object], now: datetime) -> dict[str, list[Telling]]:
    """Whom to ring about each of these cases or duties, by its ref. `may` says who may enter what came of it."""
    wanted = {str(ref) for ref in refs}
    had = Claim.objects.filter(duty=OuterRef("duty"), ended_at=None, until__gt=now)
    waiting = Telling.objects.filter(
        ~Exists(had), duty__in=_of(standing.office, wanted), channel=Channel.CALL, turn=F("duty__turn"),
        message__sent_at__isnull=False, message__acknowledged_at=None, message__failed_at=None,
    )  # fmt: skip
    mine = Duty.objects.seen_by(standing).filter(pk=OuterRef("duty"))
    found: dict[str, list[Telling]] = {}
    for telling in waiting.annotate(may=Exists(mine)).select_related("duty", "person").order_by("id"):
        for ref in wanted & {str(telling.duty.ref), str(telling.duty.about)}:
            found.setdefault(ref, []).append(telling)
    return found


def told_me(person: Person, refs: Iterable[object]) -> dict[str, datetime]:
    """Of which of these cases or duties somebody was told, when last, and hasn't answered. Looking is no answer."""
    wanted = {str(ref) for ref in refs}
    mine = Telling.objects.filter(
        duty__in=_of(person.office_id, wanted), person=person, message__sent_at__isnull=False,
        message__acknowledged_at=None, message__failed_at=None,
    )  # fmt: skip
    found: dict[str, datetime] = {}
    for about, ref, at in mine.order_by("at").values_list("duty__about", "duty__ref", "at"):
        found |= dict.fromkeys(wanted & {str(ref), str(about)}, at)
    return found


def _of(office: int, wanted: set[str]) -> QuerySet[Duty]:
    return Duty.objects.filter(Q(ref__in=wanted) | Q(about__in=wanted), office=office, closed_at=None)
