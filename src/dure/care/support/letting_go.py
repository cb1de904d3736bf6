"""Lists of persons that an office was given are let go after their time: what came of them stays, without persons."""

from datetime import datetime

from django.db import transaction

from dure.audit.actions import line, write
from dure.care.support.models import Lead, Search
from dure.care.support.owing import today
from dure.care.support.standard import period
from dure.imports.actions import forget

UPLOADED = "in-need"  # how the imports call these lists
GONE = "—"


@transaction.atomic
def let_go(office: int, now: datetime) -> int:
    """Delete, unrecoverably, who stood on lists of long ago, and the lists themselves as they were uploaded; how many.

    Who was never looked for is deleted altogether. Of the others it stays what came of it, for the figures.
    """
    before = now - period(office, "search-lists-kept", today(now))
    forget(before, now, kind=UPLOADED)
    old = Lead.objects.filter(office=office, why=Lead.Why.LISTED, entered_at__lt=before).exclude(name="")
    lists = list(Search.objects.filter(pk__in=old.values("search")).order_by("pk"))
    named = old.exclude(result="")
    n = named.filter(note="").update(**_nobody()) + named.exclude(note="").update(**_nobody(), note=GONE)
    n += old.filter(result="").delete()[0]
    write(line(at=now, who=None, did="let go", about=each) for each in lists)
    return n


def _nobody() -> dict[str, object]:
    return {"name": "", "born_on": None, "phone": "", "address": "", "detail": ""}
