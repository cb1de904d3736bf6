"""What the jobs do with lists: apply long ones and take them back, as who asked for it; let old ones go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.errors import Refused
from dure.health.jobs import AWAY, TRIES, every, on_request, reconnect
from dure.imports import actions, asking
from dure.imports.kinds import Kind, Scope
from dure.imports.models import Upload
from dure.offices.acting import act, acting
from dure.offices.models import Office
from dure.people.actions import standing
from dure.people.models import Person

KEPT = timedelta(days=90)  # the values of a list, to take it back and to see what it was
BROKE = gettext_noop(
    "Something broke on the way. Nothing was changed, and it was written down for whoever runs the server."
    " Try it again, and tell them if it breaks again."
)


@on_request
def carry_out(upload: str, office: int, person: int, tries: int) -> None:
    """Apply or take back the list that this person asked for. What comes to nothing says why on its page."""
    act(office, person)
    found = Upload.objects.select_related("organisation").filter(ref=upload, asked_at__isnull=False).first()
    if found is None:  # it was done already
        return
    with _as(Person.objects.select_related("office").get(pk=person)) as who:
        if tries > TRIES:  # it has ended one process after the other
            return _stop(found, who, _(BROKE))
        try:
            asking.carry_out(found, *_may(who, found))
        except Refused as refusal:
            _stop(found, who, refusal.message)
        except Exception as problem:
            if tries >= TRIES or not isinstance(problem, AWAY):
                _stop(found, who, _(BROKE))
            raise


@every("40 3 * * *")
def forget() -> None:
    """The values of lists that came in long ago are let go."""
    now = clock.now()
    for office in Office.objects.all():
        with acting(office.pk):
            actions.forget(now - KEPT, now)


@contextmanager
def _as(person: Person) -> Iterator[Person]:
    """In the person's language and the office's zone."""
    clock.use_zone(person.office.zone)
    try:
        with timezone.override(clock.zone()), translation.override(person.language):
            yield person
    finally:
        clock.use_zone(None)


def _may(person: Person, upload: Upload) -> tuple[Kind, Scope]:
    """With the rights that the person has now, not with those of the moment of asking."""
    kind: Kind = import_string("dure.urls.KINDS")[upload.kind]
    held = standing(person, clock.today())
    own = held.organisations
    if not person.is_active or not held.has(*kind.roles) or not (own is None or upload.organisation_id in own):
        raise Refused(_("You may not do this any more. Ask an officer of the office to do it."))
    act(person.office_id, person.pk, own)
    return kind, Scope(person, upload.organisation, clock.now(), clock.today(), own is None)


def _stop(upload: Upload, person: Person, why: str) -> None:
    reconnect()
    act(person.office_id, person.pk)
    asking.stop(upload, why, now=clock.now())
