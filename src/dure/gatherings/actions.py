"""Arranging, holding and cancelling gatherings, what is agreed there, and circulars."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.files.actions import keep
from dure.gatherings.models import Agreed, Attendance, Circular, Copy, Gathering, Invitation, Material
from dure.outbox.actions import ordinary_try_at, owe
from dure.outbox.models import Message
from dure.people.actions import WHOLE_OFFICE, Standing, addresses_of
from dure.people.models import Channel, Membership, Organisation, Person, Role

EVENING = time(17)
ASKED = (Role.PROVIDER, Role.CENTRE)  # who of an agency is told
INVITED = gettext_noop("You are invited: %(title)s, %(when)s, %(place)s.")
MOVED = gettext_noop("Changed: %(title)s is now on %(when)s, %(place)s.")
CALLED_OFF = gettext_noop("Cancelled: %(title)s on %(when)s.")
OWES = gettext_noop("Agreed at “%(title)s”: to be done by %(day)s.")
NEW_CIRCULAR = gettext_noop("New circular “%(title)s”: acknowledge it by %(day)s.")
UNREAD = gettext_noop("The circular “%(title)s” was to be acknowledged by %(day)s, and isn't yet.")


@transaction.atomic
def arrange(gathering: Gathering, organisations: Collection[Organisation], *, by: Person, now: datetime) -> Gathering:
    """People are to come together; every agency invited is told."""
    if not organisations:
        raise Refused(_("Choose whom to invite."))
    gathering.office_id, gathering.made_at, gathering.made_by = by.office_id, now, by
    gathering.save()
    _invite(gathering, organisations)
    note(at=now, who=by, did="arranged", about=gathering)
    _tell(organisations, INVITED, gathering, by, now)
    return gathering


def _invite(gathering: Gathering, organisations: Iterable[Organisation]) -> None:
    Invitation.objects.bulk_create(
        Invitation(office_id=gathering.office_id, gathering=gathering, organisation=each) for each in organisations
    )


@transaction.atomic
def change(gathering: Gathering, organisations: Collection[Organisation], *, by: Person, now: datetime) -> None:
    """Another time, place or agenda, or others are invited. Who is new is invited, all others are told what moved."""
    before = _to_come(gathering)
    if not organisations:
        raise Refused(_("Choose whom to invite."))
    moved = (before.begins_at, before.ends_at, before.place) != (
        gathering.begins_at,
        gathering.ends_at,
        gathering.place,
    )
    gathering.save(update_fields=["kind", "title", "begins_at", "ends_at", "place", "agenda"])
    known = {each.organisation_id: each for each in gathering.invitations.select_related("organisation")}
    wanted = {each.pk: each for each in organisations}
    gone = [each for pk, each in known.items() if pk not in wanted]
    new = [each for pk, each in wanted.items() if pk not in known]
    Invitation.objects.filter(pk__in=[each.pk for each in gone]).delete()
    _invite(gathering, new)
    note(at=now, who=by, did="changed", about=gathering)
    _tell(new, INVITED, gathering, by, now)
    _tell([each.organisation for each in gone], CALLED_OFF, gathering, by, now)
    if moved:
        _tell([each for pk, each in wanted.items() if pk in known], MOVED, gathering, by, now)


@transaction.atomic
def cancel(gathering: Gathering, *, why: str, by: Person, now: datetime) -> None:
    """It isn't held; everybody invited is told."""
    gathering = _to_come(gathering)
    gathering.cancelled_at, gathering.cancelled_by, gathering.cancelled_why = now, by, why.strip()[:200]
    gathering.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_why"])
    note(at=now, who=by, did="cancelled", about=gathering)
    invited = Organisation.objects.filter(pk__in=gathering.invitations.values("organisation"))
    _tell(list(invited), CALLED_OFF, gathering, by, now)


def _to_come(gathering: Gathering) -> Gathering:
    """The row, locked; refuses one that is over."""
    found = Gathering.objects.select_for_update(no_key=True).get(pk=gathering.pk)
    if found.cancelled_at:
        raise Refused(_("This was cancelled already."))
    if found.minuted_at:
        raise Refused(_("This has minutes already: it was held."))
    return found


@transaction.atomic
def attended(
    gathering: Gathering, people: Collection[Person], guests: Iterable[str], *, by: Person, now: datetime
) -> None:
    """Who came. Said again, the last list counts."""
    locked = _not_cancelled(gathering)
    wanted = {(person.pk, "") for person in people} | {(None, name.strip()[:100]) for name in guests if name.strip()}
    known = {(each.person_id, each.guest): each for each in locked.attendances.all()}
    Attendance.objects.filter(pk__in=[each.pk for key, each in known.items() if key not in wanted]).delete()
    Attendance.objects.bulk_create(
        Attendance(
            office_id=locked.office_id, gathering=locked, person_id=person, guest=guest, noted_at=now, noted_by=by
        )
        for person, guest in sorted(wanted - known.keys(), key=str)
    )
    note(at=now, who=by, did="noted who came", about=gathering, why=str(len(wanted)))


@transaction.atomic
def minuted(gathering: Gathering, text: str, *, by: Person, now: datetime) -> None:
    """What was talked about. With it the gathering is over."""
    locked = _not_cancelled(gathering)
    if not text.strip():
        raise Refused(_("Write what was talked about. “Nothing” is an answer too."))
    if now < locked.begins_at:
        raise Refused(_("This begins only later. Minutes are written afterwards."))
    locked.minutes, locked.minuted_at, locked.minuted_by = text.strip(), now, by
    locked.save(update_fields=["minutes", "minuted_at", "minuted_by"])
    note(at=now, who=by, did="wrote minutes", about=gathering)


def _not_cancelled(gathering: Gathering) -> Gathering:
    found = Gathering.objects.select_for_update(no_key=True).get(pk=gathering.pk)
    if found.cancelled_at:
        raise Refused(_("This was cancelled: nobody came together."))
    return found


@transaction.atomic
def agree(gathering: Gathering, what: str, owner: Person, due_on: date, *, by: Person, now: datetime) -> Agreed:
    """Something was agreed, with who does it and by when. It is owed from now on."""
    locked = _not_cancelled(gathering)
    if not what.strip():
        raise Refused(_("Write what was agreed."))
    if due_on < clock.local(now).date():
        raise Refused(_("The day by which it is done has passed. Look at the date."))
    made = Agreed(office_id=locked.office_id, gathering=locked, what=what.strip()[:300], owner=owner, due_on=due_on)
    owed = Owed(
        kind="gatherings.agreed", what=OWES, values={"title": locked.title, "day": str(due_on)}, ladder="office",
        due_at=_evening(due_on), page=f"/gatherings/{locked.ref}/", about=made.ref, owner=owner,
        organisation=_works_at(owner, now),
    )  # fmt: skip
    made.duty = open_duties(locked.office_id, [owed], by=by, now=now)[0]
    made.save()
    return made


def _evening(day: date) -> datetime:
    return datetime.combine(day, EVENING, clock.zone())


def _works_at(person: Person, now: datetime) -> int | None:
    held = Membership.objects.on(clock.local(now).date()).filter(person=person).order_by("pk").first()
    return held.organisation_id if held else None


@transaction.atomic
def done(agreed: Agreed, *, said: str, by: Person, standing: Standing, now: datetime) -> None:
    """What was agreed is done: whoever owes it says so, or an officer."""
    if agreed.owner_id != by.pk and not standing.roles & WHOLE_OFFICE:
        raise Refused(_("%(person)s owes this, and says when it is done.") % {"person": agreed.owner})
    if not close([agreed.duty], by=by, outcome=Outcome.KEPT, now=now, note=said.strip()[:500]):
        raise Refused(_("This is done already."))


@transaction.atomic
def send(circular: Circular, organisations: Collection[Organisation], *, by: Person, now: datetime) -> Circular:
    """Every agency addressed gets it, and owes it to say by a day that it has read it."""
    if not organisations:
        raise Refused(_("Choose who gets it."))
    if circular.answer_by < clock.local(now).date():
        raise Refused(_("The day by which it is acknowledged has passed. Look at the date."))
    circular.office_id, circular.sent_at, circular.sent_by = by.office_id, now, by
    circular.save()
    values = {"title": circular.title, "day": str(circular.answer_by)}
    owed = [
        Owed(
            kind="gatherings.circular", what=UNREAD, values=values, ladder="followup",
            due_at=_evening(circular.answer_by), page=_page(circular), about=circular.ref, organisation=each.pk,
            area=each.area_id,
        )
        for each in organisations
    ]  # fmt: skip
    duties = open_duties(by.office_id, owed, by=by, now=now)
    Copy.objects.bulk_create(
        Copy(office_id=by.office_id, circular=circular, organisation=each, duty=duty)
        for each, duty in zip(organisations, duties, strict=True)
    )
    note(at=now, who=by, did="sent", about=circular)
    _owe(organisations, NEW_CIRCULAR, values, _page(circular), by, now)
    return circular


def _page(circular: Circular) -> str:
    return f"/gatherings/circulars/{circular.ref}/"


@transaction.atomic
def acknowledge(circular: Circular, organisations: Collection[int], *, by: Person, now: datetime) -> int:
    """Somebody of these agencies has read it; how many copies that answers."""
    mine = Copy.objects.select_for_update(no_key=True, of=("self",)).filter(circular=circular, acknowledged_at=None)
    copies = list(mine.filter(organisation__in=organisations).select_related("duty"))
    close([copy.duty for copy in copies], by=by, outcome=Outcome.KEPT, now=now)
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(acknowledged_at=now, acknowledged_by=by)
    return len(copies)


@transaction.atomic
def add_material(to: Gathering | Circular, name: str, data: bytes, *, by: Person, now: datetime) -> Material:
    """A file is added: an agenda to look at, a hand-out, a signed list."""
    key = "circular" if isinstance(to, Circular) else "gathering"
    made = Material.objects.create(
        office_id=to.office_id, content=keep(to.office_id, data), name=name.strip()[-200:], added_at=now, added_by=by,
        **{key: to},
    )  # fmt: skip
    note(at=now, who=by, did="added a file", about=to)
    return made


def _tell(organisations: Collection[Organisation], what: str, of: Gathering, by: Person, now: datetime) -> None:
    values = {"title": of.title, "when": f"{clock.local(of.begins_at):%m-%d %H:%M}", "place": of.place or "—"}
    _owe(organisations, what, values, f"/gatherings/{of.ref}/", by, now)


def _owe(
    organisations: Collection[Organisation], what: str, values: dict[str, str], page: str, by: Person, now: datetime
) -> None:
    """Owe a message to whoever answers at these agencies; not to who did it."""
    held = Membership.objects.on(clock.local(now).date()).filter(organisation__in=organisations, role__in=ASKED)
    people = Person.objects.filter(pk__in=held.values("person"), left_at=None).exclude(pk=by.pk).order_by("pk")
    languages = dict(people.values_list("pk", "language"))
    ways = addresses_of(languages)
    owe(
        Message(
            office_id=by.office_id, person_id=person, channel=channel, address=value, template=what, values=values,
            language=language, page=page, created_at=now, try_at=ordinary_try_at(now, clock.zone().key),
        )
        for person, language in languages.items()
        for channel, value in ways.get(person, [])
        if channel != Channel.CALL
    )  # fmt: skip
