"""Making the papers of a day, keeping them, and letting them go after their time."""

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.models import Visit
from dure.care.packs.models import Pack
from dure.care.packs.saying import say
from dure.errors import Refused
from dure.files import actions as files
from dure.health.actions import fault, mended
from dure.health.jobs import reconnect
from dure.health.models import Fault
from dure.health.quiet import kind
from dure.people.models import Organisation
from dure.sheets import pdf, xlsx

log = logging.getLogger(__name__)
EVENING = time(18)  # from then on tomorrow's papers are there: a desk downloads them before it goes home
KEPT = timedelta(days=14)
KEY = "pack "
FAILED = gettext_noop("%(provider)s has no papers for %(day)s in case of an outage: %(why)s")


def make_due(office: int, now: datetime, put: Callable[..., Pack | None] | None = None) -> int:
    """Make what is due by now: today's, tomorrow's from the evening on, and anew when the plan has changed since.

    How many were made. What fails for one provider holds up no other, and a person is told of it. `put`: what makes
    them, for whoever tries out that it fails.
    """
    made = 0
    for provider, day in _due(office, now):
        key = f"{KEY}{provider.pk} {day}"
        try:
            made += (put or make)(provider, day, now=now) is not None
        except Exception as problem:
            log.exception("no papers for %s on %s", provider, day)
            reconnect()
            why = str(problem) if isinstance(problem, Refused) else kind(problem)
            fault(key, FAILED, {"provider": str(provider), "day": f"{day}", "why": why}, now=now, office=office)
        else:
            mended(key, now=now, office=office)
    _over(office, now)
    return made


def _due(office: int, now: datetime) -> list[tuple[Organisation, date]]:
    """The providers that still have visits ahead on a day whose papers have to be there by now."""
    local = clock.local(now)
    days = [local.date()]
    days += [local.date() + timedelta(days=1)] if local.time() >= EVENING else []
    ahead = Visit.objects.filter(office=office, day__in=days, due_at__gt=now).values_list("provider", "day").distinct()
    providers = Organisation.objects.select_related("office").in_bulk({provider for provider, _ in ahead})
    return [(providers[provider], day) for provider, day in sorted(ahead)]


def _over(office: int, now: datetime) -> None:
    """What was missing for a day that is over needn't be mended any more."""
    today = f"{clock.local(now):%Y-%m-%d}"
    for key in Fault.objects.filter(office=office, mended_at=None, key__startswith=KEY).values_list("key", flat=True):
        if key.rsplit(" ", 1)[1] < today:
            mended(key, now=now, office=office)


@transaction.atomic
def make(provider: Organisation, day: date, *, now: datetime) -> Pack | None:
    """The papers of a provider's day as the plan stands now; nothing when the newest ones say the same already.

    Without what makes PDF files they are kept as a workbook: no desk is left without papers for that.
    """
    with translation.override(provider.office.language):
        said = say(provider, day, now=now)
        newest = Pack.objects.filter(provider=provider, day=day).order_by("-version").first()
        kind = "xlsx" if pdf.missing() else "pdf"
        if newest and (newest.plan_sha256, newest.kind) == (said.plan, kind):
            return None
        data = pdf.write(said.paper) if kind == "pdf" else xlsx.write(said.paper)
    pack = Pack.objects.create(
        office_id=provider.office_id, provider=provider, day=day, version=newest.version + 1 if newest else 1,
        kind=kind, plan_sha256=said.plan, stops=said.stops, made_at=now,
        content=files.keep(provider.office_id, data),
    )  # fmt: skip
    note(at=now, who=None, did="made", about=pack)
    return pack


@transaction.atomic
def let_go(office: int, now: datetime) -> int:
    """Papers of days more than two weeks ago are deleted, unrecoverably; how many."""
    old = Pack.objects.kept().filter(office=office, day__lt=clock.local(now).date() - KEPT)
    gone = list(old.select_for_update(no_key=True))
    contents = [pack.content_id for pack in gone]
    for pack in gone:
        pack.content_id, pack.let_go_at = None, now
        note(at=now, who=None, did="let go", about=pack)
    Pack.objects.bulk_update(gone, ["content", "let_go_at"])
    files.let_go(office, [each for each in contents if each])
    return len(gone)


def newest(office: int, day: date) -> dict[int, Pack]:
    """Of each provider the newest papers of a day that are still kept."""
    last = Pack.objects.kept().filter(office=office, day=day).values("provider").annotate(last=Max("version"))
    numbers = {row["provider"]: row["last"] for row in last}
    found = Pack.objects.kept().filter(office=office, day=day, provider__in=numbers)
    return {pack.provider_id: pack for pack in found if pack.version == numbers[pack.provider_id]}
