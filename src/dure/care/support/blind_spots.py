"""Blind spots: who is known and not served, whose other service has stopped, and where fewer are served than expected.

Whoever has died or moved away is in none of these lists, whatever list they stood on before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from dure.care.models import PROGRAMME, OtherService, Recipient
from dure.care.moving import NOT_THERE
from dure.care.support.expecting import Expected, compare
from dure.care.support.models import Came, Lead, Population, Referral, Result, Waiting
from dure.cases.models import Case, Finding
from dure.cases.models import Referral as CaseReferral
from dure.people.actions import Standing
from dure.places.models import Area

A_YEAR = timedelta(days=366)  # who left longer ago isn't asked by itself any more
FOR_EVER = (Result.DIED, Result.MOVED)


@dataclass(frozen=True)
class Known:
    """Somebody who is known, and why they are in a blind spot; `recipient` or `waiting` says who it is."""

    why: str  # of Lead.Why
    name: str
    phone: str
    born_on: date | None
    address: str
    area: Area | None
    since: date
    detail: str = ""
    recipient: Recipient | None = None
    waiting: Waiting | None = None


def gone() -> Q:
    """Recipients who have died, moved away or live in a home: nobody calls at their door."""
    said = Q(ended_how__in=NOT_THERE)
    dead = Case.objects.filter(programme=PROGRAMME, finding=Finding.DIED, drill=False).values("subject")
    looked = Lead.objects.filter(result__in=FOR_EVER).exclude(recipient=None).values("recipient")
    return said | Q(ref__in=dead) | Q(pk__in=looked)


def here(office: int) -> set[object]:
    """Who is served or waits now: by name and birth, and by name and phone."""
    served = Recipient.objects.filter(office=office).served().order_by().values_list("name", "born_on", "phone")
    waits = Waiting.objects.filter(office=office, ended_at=None).values_list("name", "born_on", "phone")
    return {(name, sign) for name, *signs in [*served, *waits] for sign in signs if sign}


def ended(standing: Standing, today: date) -> list[Recipient]:
    """Whose meals ended within a year, who hasn't died or moved away and isn't served or waiting again."""
    mine = Recipient.objects.seen_by(standing).filter(ended_on__gt=today - A_YEAR).exclude(gone())
    now = here(standing.office)
    found = mine.select_related("place__area").order_by("-ended_on", "id")
    return [r for r in found if not now & {(r.name, r.born_on), (r.name, r.phone)}]


def stopped(standing: Standing) -> list[tuple[OtherService, str]]:
    """Services of recipients that have stopped and weren't restarted, each with the agency that was asked, if any."""
    mine = Recipient.objects.seen_by(standing).served().exclude(gone())
    services = OtherService.objects.filter(recipient__in=mine).exclude(stopped_on=None)
    found = list(services.select_related("recipient__place__area").order_by("stopped_on", "id"))
    refs = [s.recipient.ref for s in found]
    cases = CaseReferral.objects.filter(programme=PROGRAMME, subject__in=refs).exclude(case__drill=True)
    restarted, asked = set(), {}
    for subject, service, agency, at in cases.values_list("subject", "service", "agency", "restarted_at"):
        asked[subject, service] = agency
        restarted |= {(subject, service)} if at else set()
    ours = Referral.objects.filter(way="out", recipient__in=[s.recipient_id for s in found], answer="")
    for ref, agency in ours.values_list("recipient__ref", "agency"):
        asked[ref, ""] = agency
    return [
        (s, asked.get((s.recipient.ref, s.service)) or asked.get((s.recipient.ref, "")) or "")
        for s in found
        if (s.recipient.ref, s.service) not in restarted
    ]


def declined(standing: Standing, today: date) -> Sequence[Waiting]:
    """Who waited within a year and didn't want it or wasn't entitled, unless they wait or are served by now."""
    mine = Waiting.objects.seen_by(standing).filter(ended_at__date__gt=today - A_YEAR)
    over = mine.filter(came__in=[Came.DECLINED, Came.NOT_ENTITLED]).exclude(pk__in=_dead_waiting())
    now = here(standing.office)
    found = over.select_related("area").order_by("-ended_at", "id")
    return [w for w in found if not now & {(w.name, w.born_on), (w.name, w.phone)}]


def _dead_waiting() -> Iterable[int]:
    found = Lead.objects.filter(result__in=FOR_EVER).exclude(waiting=None)
    return list(found.values_list("waiting", flat=True))


def known(standing: Standing, today: date) -> list[Known]:
    """Everybody who is known and not served, or whose other service has stopped. A fixed number of queries."""
    why = Lead.Why
    waits = Waiting.objects.seen_by(standing).still().select_related("area")
    found = [_waiting(w, why.WAITING, w.since, w.wish) for w in waits]
    found += [_waiting(w, why.DECLINED, w.since, w.why) for w in declined(standing, today)]
    for r in ended(standing, today):
        found.append(_recipient(r, why.ENDED, r.ended_on or today, r.ended_why))
    for service, asked in stopped(standing):
        detail = f"{service.service} → {asked}" if asked else service.service
        found.append(_recipient(service.recipient, why.STOPPED, service.stopped_on or today, detail))
    return found


def _waiting(w: Waiting, why: str, since: date, detail: str) -> Known:
    return Known(why, w.name, w.phone, w.born_on, w.address, w.area, since, detail, waiting=w)


def _recipient(r: Recipient, why: str, since: date, detail: str) -> Known:
    return Known(why, r.name, r.phone, r.born_on, r.place.address, r.place.area, since, detail, recipient=r)


@dataclass(frozen=True)
class Dong:
    """A dong held against what its population suggests."""

    area: Area
    figures: Expected
    told: Population


def dongs(standing: Standing, *, alone: bool) -> list[Dong]:
    """Every dong of which the population is known, by those living alone or by all of 65 and older. Two queries.

    The rate is the whole office's, so that a dong is held against the others: it needs an officer's standing, or the
    recipients of other dongs aren't seen.
    """
    newest = (
        Population.objects.filter(office=standing.office, area__until=None)
        .order_by("area_id", "-on")
        .distinct("area_id")
    )
    told = {each.area_id: each for each in newest.select_related("area")}
    served = Recipient.objects.seen_by(standing).served().order_by().values_list("place__area").annotate(n=Count("pk"))
    people = {pk: each.alone if alone else each.persons for pk, each in told.items()}
    return [Dong(told[e.area].area, e, told[e.area]) for e in compare(people, dict(served))]
