"""What a provider that has ended hands back or destroys, and the certificate without which that isn't over."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care.changes.models import Certificate, Change, HandedBack, Thing
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.errors import Refused
from dure.files.actions import keep
from dure.people.models import Person


def lines(change: Change) -> Sequence[tuple[str, str, HandedBack | None]]:
    """Every kind of thing with its name, and what became of it if that is said."""
    known = {each.thing: each for each in change.handed_back.select_related("entered_by")}
    return [(thing.value, str(thing.label), known.get(thing.value)) for thing in Thing]


@transaction.atomic
def hand_back(change: Change, thing: str, how: str, day: date, said: str, *, by: Person, now: datetime) -> None:
    """What became of one kind of thing; said again, the last words count."""
    _not_over(change, day, now)
    HandedBack.objects.update_or_create(
        change=change, thing=thing,
        defaults={"office_id": change.office_id, "how": how, "day": day, "note": said.strip()[:200], "entered_at": now,
                  "entered_by": by},
    )  # fmt: skip
    note(at=now, who=by, did="handed back", about=change, why=f"{thing} {how}")


def _not_over(change: Change, day: date, now: datetime) -> None:
    if change.owed is None or not change.owed.is_open:
        raise Refused(_("Nothing is to be handed back here, or all of it is."))
    if day > clock.local(now).date():
        raise Refused(_("This day is still to come. Look at the date."))


@transaction.atomic
def certify(certificate: Certificate, change: Change, data: bytes, *, by: Person, now: datetime) -> None:
    """The signed certificate is here, and all has been handed back or destroyed: with it this is over."""
    change = Change.objects.select_for_update(no_key=True, of=("self",)).select_related("owed").get(pk=change.pk)
    _not_over(change, certificate.day, now)
    assert change.owed is not None
    if certificate.day < change.day:
        raise Refused(_("The provider served until %(day)s: nothing was destroyed for good before.")
                      % {"day": change.day})  # fmt: skip
    left = [name for _thing, name, said in lines(change) if said is None]
    if left:
        raise Refused(_("Say first what became of: %(things)s.") % {"things": ", ".join(left)})
    certificate.office_id, certificate.change = change.office_id, change
    certificate.content = keep(change.office_id, data)
    certificate.entered_at, certificate.entered_by = now, by
    certificate.save()
    close([change.owed], by=by, outcome=Outcome.KEPT, now=now, note=certificate.signed_by)
    note(at=now, who=by, did="certified", about=change)
