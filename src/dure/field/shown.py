"""What a worker's phone is shown beside the stops: whom to call, and how it stands behind a closed door."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from dure.audit.actions import line, write
from dure.audit.models import Entry
from dure.care.models import Visit
from dure.care.phone import stops
from dure.cases.models import Case
from dure.duty.models import Claim, Duty
from dure.people.actions import Standing
from dure.people.models import Organisation, Person


def desk_of(standing: Standing) -> dict[str, str]:
    """Whom the worker calls, the provider's desk, or the office when the worker has no provider; and the number that
    takes text messages, if there is one."""
    own = Organisation.objects.exclude(phone="").order_by("pk")
    mine = own.filter(pk__in=standing.organisations or [], kind=Organisation.Kind.PROVIDER).first()
    desk = mine or own.filter(kind=Organisation.Kind.OFFICE).first()
    name, phone = (desk.name, desk.phone) if desk else ("", "")
    return {"name": name, "phone": phone, "sms": settings.DURE_SMS_NUMBER or (phone if _mobile(phone) else "")}


def _mobile(phone: str) -> bool:
    """Whether text messages reach this number: most landlines take none."""
    return re.sub(r"[^0-9]", "", phone.replace("+82", "0")).removeprefix("00").startswith("01")


def looked(worker: Person, shown: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Write down whose stops were shown to the worker: each once, however often the list is renewed."""
    refs = {f"visit {stop['ref']}" for stop in shown}
    known = Entry.objects.filter(about__in=refs, who_id=worker.pk, did="looked").values_list("about", flat=True)
    fresh = Visit.objects.filter(ref__in=[about.split()[1] for about in refs.difference(known)]).order_by("pk")
    lines = [
        (line(at=now, who=worker, did="looked", about=v), v.recipient.ref) for v in fresh.select_related("recipient")
    ]
    for each, ref in lines:
        each.whose = [ref]
    write(each for each, _ in lines)


def case_at_a_door(worker: Person, ref: UUID, day: date) -> Case:
    """A case of somebody whom the worker visits today; nobody else's is found."""
    mine = [visit.recipient.ref for visit in stops(worker, day)]
    found = Case.objects.select_related("closed_by").filter(ref=ref, subject__in=mine).first()
    if found is None:
        raise Http404
    return found


def case_now(case: Case) -> dict[str, Any]:
    """How it stands: who has it and by when they go on, who is on the way, and whether it is over."""
    rings = Duty.objects.filter(about=case.ref, kind="case.answer", closed_at=None)
    claim = Claim.objects.filter(duty__in=rings, ended_at=None).select_related("by").first()
    return {
        "ref": str(case.ref),
        "number": case.number,
        "opened_at": case.opened_at.isoformat(),
        "has_it": claim.by.name if claim else None,
        "danger": case.danger_at is not None,
        "on_the_way": case.going_at is not None,
        "called_119": case.called_119_at is not None,
        "seen": case.seen_at is not None,
        "closed": case.closed_at is not None,
        "sentence": sentence(case, claim, settled=not rings.exists()),
    }


def sentence(case: Case, claim: Claim | None, *, settled: bool) -> str:
    """How it stands, in a sentence for who waits at the door. Settled: nobody has to look, somebody else may have."""
    if case.closed_at:
        return _("The situation is over. You may go on to your next stop.")
    if settled:
        return _("It is clear how the person is. You may go on to your next stop.")
    if case.danger_at:
        return _("Your desk and the office are told. Stay there until 119 has come.")
    if claim:
        return _("%(person)s has it. Wait here until you are called, 15 minutes at most.") % {"person": claim.by}
    return _("Your desk has been told. Somebody will answer soon. Wait here, 15 minutes at most.")
