"""Numbers that somebody rings by hand (a night desk's landline): shown where the matter is, until it is said what
came of the call, somebody has the matter, or the next person was told."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from dure.duty.models import Claim, Duty, Telling
from dure.people.actions import Standing
from dure.people.models import Channel


def to_ring(standing: Standing, refs: Iterable[object], now: datetime) -> dict[str, list[Telling]]:
    """Whom to ring about each of these cases or duties, by its ref. `may` says who may enter what came of it."""
    wanted = {str(ref) for ref in refs}
    of = Duty.objects.filter(office=standing.office, closed_at=None).filter(Q(ref__in=wanted) | Q(about__in=wanted))
    had = Claim.objects.filter(duty=OuterRef("duty"), ended_at=None, until__gt=now)
    waiting = Telling.objects.filter(
        ~Exists(had), duty__in=of, channel=Channel.CALL, turn=F("duty__turn"), message__sent_at__isnull=False,
        message__acknowledged_at=None, message__failed_at=None,
    )  # fmt: skip
    mine = Duty.objects.seen_by(standing).filter(pk=OuterRef("duty"))
    found: dict[str, list[Telling]] = {}
    for telling in waiting.annotate(may=Exists(mine)).select_related("duty", "person").order_by("id"):
        for ref in wanted & {str(telling.duty.ref), str(telling.duty.about)}:
            found.setdefault(ref, []).append(telling)
    return found
