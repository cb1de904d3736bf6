"""What a person decides: a run goes on or is stopped; somebody's data are held back, or no longer."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.errors import Refused
from dure.people.models import Person
from dure.retention.asking import asked
from dure.retention.models import Hold, Run


@transaction.atomic
def confirm(run: Run, *, by: Person, now: datetime) -> None:
    """Somebody has looked: the next night it goes, and not more than was shown."""
    _answered(run, Outcome.KEPT, by, now)
    Run.objects.filter(pk=run.pk).update(confirmed_at=now, confirmed_by=by)
    note(at=now, who=by, did="confirmed", about=run, why=str(sum(run.found.values())))


@transaction.atomic
def stop(run: Run, *, by: Person, now: datetime) -> None:
    """Something is wrong: nothing goes. The next night counts anew and asks again."""
    _answered(run, Outcome.EXCUSED, by, now)
    Run.objects.filter(pk=run.pk).update(ended_at=now, stopped_by=by)
    note(at=now, who=by, did="stopped", about=run)


def _answered(run: Run, outcome: Outcome, by: Person, now: datetime) -> None:
    run = Run.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if not run.waits:
        raise Refused(_("Somebody has answered this already. Load the page again."))
    close(asked(run), by=by, outcome=outcome, now=now)


def hold(kind: str, about: UUID, why: str, until: date, *, by: Person, now: datetime) -> Hold:
    """These data stay beyond their time, until a person says that they needn't any more."""
    if until < clock.local(now).date():
        raise Refused(_("This day is over. Choose by when somebody looks whether it is still needed."))
    try:
        with transaction.atomic():
            made = Hold.objects.create(
                office_id=by.office_id, kind=kind, about=about, why=why.strip(), until=until, made_at=now, made_by=by
            )
            note(at=now, who=by, did="held back", about=made, why=f"{kind} {about}")
    except IntegrityError as problem:
        if "hold_one_lives" not in str(problem):
            raise
        raise Refused(_("These data are held back already. It stands in the list.")) from None
    return made


@transaction.atomic
def end_hold(held: Hold, *, by: Person, now: datetime) -> None:
    """They are treated like all others again."""
    n = Hold.objects.live().filter(pk=held.pk).update(ended_at=now, ended_by=by)
    if not n:
        raise Refused(_("Somebody has ended this already. Load the page again."))
    note(at=now, who=by, did="no longer held back", about=held, why=f"{held.kind} {held.about}")
