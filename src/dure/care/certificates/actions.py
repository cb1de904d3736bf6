"""Entering certificates and what changes what is asked of people; renewing is owed until it is done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import about, line, note, write
from dure.audit.models import Entry
from dure.care import fit
from dure.care.certificates.holding import Holding, State, book, concerned
from dure.care.certificates.models import Certificate, Counted, Kind, Packed, Renewal, Work
from dure.care.certificates.standard import begin
from dure.care.models import Hindrance
from dure.care.opening import at, one_at_a_time
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, amend, hand_to, open_duties
from dure.errors import Refused
from dure.files.actions import keep
from dure.gatherings.models import Gathering
from dure.gatherings.telling import answering, tell_people
from dure.people.models import Grant, Membership, Organisation, Person
from dure.rules.models import Rule

KIND = "care.certificate"
PREFIX = "certificate "
EVENING, DAY = time(17), timedelta(days=1)
RENEW = gettext_noop("%(organisation)s: a certificate (%(kind)s) was to be renewed by %(until)s. Enter the new one.")
YOURS = gettext_noop("Your certificate (%(kind)s) ends on %(until)s. Renew it in time, and give it to your desk.")
THEIRS = gettext_noop("%(organisation)s: a certificate (%(kind)s) ends on %(until)s. Have it renewed, and enter it.")


@dataclass(frozen=True)
class New:
    """One certificate as it is entered: whose, of which kind and day, how many hours, and its file if there is one."""

    person: Person
    kind: Kind
    day: date
    hours: Decimal | None = None
    file: tuple[str, bytes] | None = None


@transaction.atomic
def enter(new: New, *, by: Person, now: datetime) -> Certificate:
    """Somebody was examined or trained: what was owed is renewed, and who was kept from it may be given stops."""
    [made] = enter_all([new], by=by, now=now)
    return made


@transaction.atomic
def enter_all(new: Collection[New], *, by: Person, now: datetime) -> list[Certificate]:
    """Several at once, e.g. from a list."""
    people = list(_locked({each.person.pk for each in new}))
    _may_be_entered(new, now)
    made = [_certificate(each, by, now) for each in new]
    Certificate.objects.bulk_create(made)
    write(line(at=now, who=by, did="entered", about=each) for each in made)
    settle(by.office_id, people, by=by, now=now)
    return made


def _locked(people: Iterable[int]) -> Iterable[Person]:
    return Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")


def _may_be_entered(new: Collection[New], now: datetime) -> None:
    today, seen = clock.local(now).date(), set()
    known = Certificate.objects.filter(person__in={each.person.pk for each in new}, withdrawn_at=None)
    there = set(known.values_list("person", "kind", "day"))
    for each in new:
        if each.day > today:
            raise Refused(_("This day hasn't come yet. Look at the date."))
        if each.kind.code == Kind.HYGIENE and not each.hours:
            raise Refused(_("Say how many hours the training had."))
        key = (each.person.pk, each.kind.pk, each.day)
        if key in there or key in seen:
            raise Refused(
                _("%(person)s: “%(kind)s” of %(day)s is entered already.")
                % {"person": each.person, "kind": each.kind, "day": each.day}
            )
        seen.add(key)


def _certificate(new: New, by: Person, now: datetime) -> Certificate:
    name, data = new.file or ("", b"")
    content = keep(by.office_id, data) if new.file else None
    return Certificate(
        office_id=by.office_id, person=new.person, kind=new.kind, day=new.day, hours=new.hours, content=content,
        name=name[-200:], entered_at=now, entered_by=by,
    )  # fmt: skip


@transaction.atomic
def correct_hours(certificates: Collection[Certificate], *, by: Person, now: datetime) -> None:
    """A list says other hours of these trainings than what was entered."""
    people = list(_locked({each.person_id for each in certificates}))
    Certificate.objects.bulk_update(certificates, ["hours"])
    write(line(at=now, who=by, did="corrected", about=each) for each in certificates)
    settle(by.office_id, people, by=by, now=now)


@transaction.atomic
def withdraw(certificates: Collection[Certificate], *, why: str, by: Person, now: datetime) -> None:
    """These were entered by mistake. They stay on record, and count for nothing."""
    if not why.strip():
        raise Refused(_("Say why it was a mistake."))
    people = list(_locked({each.person_id for each in certificates}))
    mine = Certificate.objects.filter(pk__in=[each.pk for each in certificates], withdrawn_at=None)
    mine.update(withdrawn_at=now, withdrawn_by=by, withdrawn_why=why.strip()[:200])
    write(line(at=now, who=by, did="withdrew", about=each) for each in certificates)
    settle(by.office_id, people, by=by, now=now)


@transaction.atomic
def say_work(person: Person, work: Work, *, by: Person, now: datetime) -> None:
    """What somebody does with food: cooks, by licence, carries fully packed food only, since when."""
    if work.cooks and work.packed_only:
        raise Refused(_("Who cooks doesn't carry packed food only. Choose one of the two."))
    [person] = _locked({person.pk})
    said = {name: getattr(work, name) for name in ("cooks", "qualified", "packed_only", "began_on")}
    Work.objects.update_or_create(person=person, office_id=person.office_id, defaults=said)
    note(at=now, who=by, did="said the work of", about=person)
    settle(by.office_id, [person], by=by, now=now)


@transaction.atomic
def say_packed(organisation: Organisation, packed: bool, *, by: Person, now: datetime) -> None:
    """Whether the workers of a provider carry fully packed food only: then they need no health certificate."""
    if packed:
        Packed.objects.get_or_create(
            organisation=organisation, office_id=organisation.office_id,
            defaults={"since": clock.local(now).date(), "said_by": by},
        )  # fmt: skip
    else:
        Packed.objects.filter(organisation=organisation).delete()
    note(at=now, who=by, did="said packed" if packed else "said not packed", about=organisation)
    held = Membership.objects.on(clock.local(now).date()).filter(organisation=organisation)
    settle(by.office_id, list(_locked(held.values_list("person", flat=True))), by=by, now=now)


@transaction.atomic
def count_training(gathering: Gathering, kind: Kind, hours: Decimal | None, *, by: Person, now: datetime) -> None:
    """A training counts so many hours for everybody who came; none: it doesn't count any more."""
    if hours:
        said = {"kind": kind, "hours": hours}
        Counted.objects.update_or_create(gathering=gathering, office_id=gathering.office_id, defaults=said)
    else:
        Counted.objects.filter(gathering=gathering).delete()
    note(at=now, who=by, did="counted" if hours else "not counted", about=gathering)
    came = [each.person_id for each in gathering.attendances.all() if each.person_id]
    settle(by.office_id, list(_locked(came)), by=by, now=now)


@transaction.atomic
def excuse(renewal: Renewal, *, why: str, by: Person, now: datetime) -> None:
    """It needn't be renewed: the person left, or does other work."""
    if not why.strip():
        raise Refused(_("Say why it needn't be renewed."))
    close([renewal.duty], by=by, outcome=Outcome.EXCUSED, now=now, note=why.strip()[:200])
    note(at=now, who=by, did="excused", about=renewal)


@transaction.atomic
def settle(office: int, people: Collection[Person], *, by: Person, now: datetime) -> None:
    """What is entered has changed: what is renewed isn't owed any more, and who may be given stops is said anew."""
    found = _hinder(office, people, now)
    ends = {(each.person.pk, each.kind.pk): each for each in found if each.state != State.NOT_NEEDED}
    still = Renewal.objects.filter(person__in=people, duty__closed_at=None).select_related("duty")
    for renewal in still.order_by("pk"):
        holding = ends.get((renewal.person_id, renewal.kind_id))
        if holding is None or holding.until != renewal.until:
            renewed = holding is not None and holding.until is not None and holding.until > renewal.until
            outcome = Outcome.KEPT if renewed else Outcome.VOID
            close([renewal.duty], by=by, outcome=outcome, now=now)
    _owe(office, found, now)


def _hinder(office: int, people: Collection[Person], now: datetime) -> list[Holding]:
    """How these people stand, written down for whoever gives stops."""
    mine = book(office, people, clock.local(now).date())
    found = [holding for person in people for holding in mine.holdings(person)]
    wanted = [_hindrance(office, each, each.told_from) for each in found if each.told_from]
    fit.write(office, [person.pk for person in people], wanted, PREFIX)
    return found


def _hindrance(office: int, of: Holding, told_from: date) -> Hindrance:
    return Hindrance(
        office_id=office, person=of.person, why=f"{PREFIX}{of.kind.pk}", what=of.what, values=of.values,
        page=page(of.person), told_from=told_from, bars_from=of.bars_from,
    )  # fmt: skip


def page(person: Person) -> str:
    """Where somebody's certificates stand and are entered."""
    return f"/care/certificates/people/{person.ref}/"


def _owe(office: int, holdings: Collection[Holding], now: datetime) -> int:
    """Renewals that come due are owed from now on, by the desk of where the person works; both are told."""
    due = [each for each in holdings if each.until and each.state in (State.SOON, State.OVER, State.LAPSED)]
    known = Renewal.objects.filter(person__in={h.person.pk for h in due}).select_related("duty")
    asked: dict[tuple[int, int, date | None], Renewal] = {(r.person_id, r.kind_id, r.until): r for r in known}
    new = [each for each in due if _not_asked(asked.get((each.person.pk, each.kind.pk, each.until)))]
    if not new:
        return 0
    today = clock.local(now).date()
    where = _where({each.person.pk for each in new}, today)
    new = [each for each in new if each.person.pk in where]
    desks = {m.organisation_id: m.person for m in answering(where.values(), now).select_related("person")}
    renewals = [
        asked.get((each.person.pk, each.kind.pk, each.until))
        or Renewal(office_id=office, person=each.person, kind=each.kind, until=each.until)
        for each in new
        if each.until
    ]
    owed = [_owed(each, where[each.person_id], desks, today + DAY) for each in renewals]
    for renewal, duty in zip(renewals, open_duties(office, owed, by=None, now=now), strict=True):
        renewal.duty = duty
    Renewal.objects.bulk_update([each for each in renewals if each.pk], ["duty"])
    Renewal.objects.bulk_create([each for each in renewals if not each.pk])
    for renewal in renewals:
        where_now = where[renewal.person_id]
        _tell(renewal, where_now, desks.get(where_now.pk), now)
    return len(renewals)


def _not_asked(before: Renewal | None) -> bool:
    """Whether nobody was asked to renew it yet, or what had renewed it was withdrawn since. Who is excused stays so."""
    return before is None or before.duty.outcome in (Outcome.KEPT, Outcome.VOID)


def _owed(of: Renewal, where: Organisation, desks: dict[int, Person], tomorrow: date) -> Owed:
    """What has ended already is owed by tomorrow: nothing is overdue when it is asked for."""
    return Owed(
        kind=KIND, what=RENEW, values=_values(of, where), due_at=at(max(of.until, tomorrow), EVENING), ladder="paper",
        page=page(of.person), organisation=where.pk, about=of.ref, owner=desks.get(where.pk),
    )  # fmt: skip


def _values(of: Renewal, where: Organisation) -> dict[str, str]:
    return {"organisation": where.name, "kind": str(of.kind), "until": str(of.until)}


def _tell(of: Renewal, where: Organisation, desk: Person | None, now: datetime) -> None:
    values = _values(of, where)
    nobody = Person(office_id=of.person.office_id)  # nobody did it: a day came
    tell_people([of.person], YOURS, values, "/care/certificates/mine/", nobody, now)
    if desk and desk.pk != of.person.pk:
        tell_people([desk], THEIRS, values, page(of.person), nobody, now)


@transaction.atomic
def owe_renewals(office: int, now: datetime) -> int:
    """Everybody's certificates as of today: who is hindered, and which renewals are owed from now on; how many.

    Safe to run again. An office that has no rules yet gets the standard ones.
    """
    one_at_a_time(office)
    if not Rule.objects.filter(office_id=office, name="certificate-remind").exists():
        begin(office, now=now)
    people = list(concerned(office, clock.local(now).date()))
    gone = Hindrance.objects.filter(office_id=office, why__startswith=PREFIX).exclude(person__in=people)
    gone.delete()
    _no_longer_here(office, now)
    _follow(office, now)
    return _owe(office, _hinder(office, people, now), now)


def _no_longer_here(office: int, now: datetime) -> None:
    """Whose account or last role at a provider has ended needs no renewal: closed in the name of who ended it."""
    _no_role_left(office, now)
    left = Renewal.objects.filter(office=office, duty__closed_at=None, person__left_at__isnull=False)
    found = list(left.select_related("person", "duty"))
    record = Entry.objects.filter(office_id=office, did="left", about__in={about(each.person) for each in found})
    ended = dict(record.order_by("pk").values_list("about", "who_id"))
    people = Person.objects.in_bulk({who for who in ended.values() if who})
    for each in found:
        if by := people.get(ended.get(about(each.person)) or 0):
            close([each.duty], by=by, outcome=Outcome.VOID, now=now, note="left")


def _no_role_left(office: int, now: datetime) -> None:
    owed = list(
        Renewal.objects.filter(office=office, duty__closed_at=None, person__left_at=None).select_related("duty")
    )
    where = _where({each.person_id for each in owed}, clock.local(now).date())
    without = {each.person_id for each in owed} - where.keys()
    ended = Grant.objects.filter(office=office, person__in=without, did=Grant.Did.CHANGED, by__isnull=False)
    by = {each.person_id: each.by for each in ended.select_related("by").order_by("id")}
    for each in owed:
        if who := by.get(each.person_id):
            close([each.duty], by=who, outcome=Outcome.VOID, now=now, note="role ended")


def _follow(office: int, now: datetime) -> None:
    """Who works for another agency by now renews it there: its desk is asked, and that of the old one no more."""
    today = clock.local(now).date()
    owed = list(Renewal.objects.filter(office=office, duty__closed_at=None).select_related("duty", "person", "kind"))
    where = _where({each.person_id for each in owed}, today)
    desks = {m.organisation_id: m.person for m in answering(where.values(), now).select_related("person")}
    for each in owed:
        here = where.get(each.person_id)
        if here and here.pk != each.duty.organisation_id:
            desk = desks.get(here.pk)
            hand_to([each.duty], here.pk, owner=desk, by=None, now=now)
            amend([(each.duty, _owed(each, here, desks, today + DAY))], by=None, now=now)
            if desk:
                nobody = Person(office_id=office)
                tell_people([desk], THEIRS, _values(each, here), page(each.person), nobody, now)


def _where(people: Collection[int], today: date) -> dict[int, Organisation]:
    """For which provider each works today; of several, the one where they are oldest."""
    held = Membership.objects.on(today).filter(person__in=people, organisation__kind=Organisation.Kind.PROVIDER)
    return {m.person_id: m.organisation for m in held.select_related("organisation").order_by("-since", "-pk")}


@transaction.atomic
def add_kind(kind: Kind, *, by: Person, now: datetime) -> Kind:
    """The office asks for a further kind of certificate."""
    kind.office_id = by.office_id
    kind.save()
    note(at=now, who=by, did="added", about=kind)
    return kind


@transaction.atomic
def retire(kind: Kind, *, by: Person, now: datetime) -> None:
    """A kind isn't asked for any more. What was entered stays; what was to be renewed isn't owed."""
    [kind] = Kind.objects.select_for_update(no_key=True).filter(pk=kind.pk)
    if kind.code:
        raise Refused(_("The law asks for this. Change the rules instead."))
    kind.retired_at = kind.retired_at or now
    kind.save(update_fields=["retired_at"])
    note(at=now, who=by, did="retired", about=kind)
    people = Certificate.objects.filter(kind=kind).values_list("person", flat=True)
    settle(by.office_id, list(_locked(set(people))), by=by, now=now)
