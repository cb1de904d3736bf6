"""Whether the numbers work on which others rely: each month those who answer for something are called on trial."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop, ngettext

from dure import clock
from dure.care.opening import at, one_at_a_time
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.people.actions import Standing
from dure.people.models import Address, Channel, Membership, Organisation, Person, Shift

KIND = "care.numbers"
TEST = gettext_noop("Call the numbers of %(organisation)s on the rosters of the coming month: do they answer?")
MONTH = timedelta(days=31)
A_WEEK, EVENING = timedelta(days=7), time(17)
NUMBERS = (Channel.SMS, Channel.CALL)


def seen_by(standing: Standing) -> QuerySet[Organisation]:
    """Whose numbers somebody may see and change: those of the own organisations, or of all who answer."""
    mine = Organisation.objects.filter(office=standing.office, kind__in=["office", "centre", "provider"])
    return mine if standing.organisations is None else mine.filter(pk__in=standing.organisations)


def untested(organisations: Iterable[int], now: datetime) -> dict[int, list[Address]]:
    """The numbers on the rosters of the coming month that weren't tested within a month, by organisation."""
    shifts = Shift.objects.filter(roster__organisation__in=list(organisations), roster__retired_at=None)
    coming = shifts.filter(ends_at__gt=now, starts_at__lt=now + MONTH, person__left_at=None)
    pairs = set(coming.values_list("roster__organisation", "person"))
    late = Q(tested_at=None) | Q(tested_at__lt=now - MONTH)
    mine = Address.objects.filter(late, person__in={person for _, person in pairs}, channel__in=NUMBERS, dead_at=None)
    of: dict[int, list[Address]] = defaultdict(list)
    for address in mine.order_by("id"):
        of[address.person_id].append(address)
    found: dict[int, list[Address]] = defaultdict(list)
    for organisation, person in pairs:
        found[organisation] += of[person]
    return found


@transaction.atomic
def owe_tests(office: int, now: datetime) -> int:
    """Whoever has numbers to be tested owes it, once a month; how many do from now on. Safe to run again."""
    one_at_a_time(office)
    month = f"{clock.local(now):%Y-%m}"
    tests = Duty.objects.filter(office_id=office, kind=KIND)
    asked = tests.filter(Q(closed_at=None) | Q(values__month=month))
    mine = Organisation.objects.filter(office_id=office).exclude(ref__in=asked.values("about")).order_by("id")
    left = untested([each.pk for each in mine], now)
    return len(open_duties(office, [_owed(each, month, now) for each in mine if left[each.pk]], by=None, now=now))


def _owed(organisation: Organisation, month: str, now: datetime) -> Owed:
    return Owed(
        kind=KIND, what=TEST, values={"organisation": organisation.name, "month": month}, ladder="office",
        due_at=at(clock.local(now).date() + A_WEEK, EVENING), page=f"/care/numbers/{organisation.ref}/",
        organisation=organisation.pk, area=organisation.area_id, about=organisation.ref,
    )  # fmt: skip


def owed(organisation: Organisation) -> Duty | None:
    """The test that is owed now."""
    return Duty.objects.filter(kind=KIND, about=organisation.ref, closed_at=None).first()


@transaction.atomic
def all_tested(organisation: Organisation, *, by: Person, now: datetime) -> None:
    """The test of this month is done. It can't be while a number is left."""
    if not finish(organisation, by=by, now=now) and (left := len(untested([organisation.pk], now)[organisation.pk])):
        raise Refused(
            ngettext("%(n)s number is left. Call it first.", "%(n)s numbers are left. Call them first.", left)
            % {"n": left}
        )


@transaction.atomic
def finish(organisation: Organisation, *, by: Person, now: datetime) -> bool:
    """With the last number the test of this month is done; whether it is, by this."""
    test = owed(organisation)
    if test is None or untested([organisation.pk], now)[organisation.pk]:
        return False
    return bool(close([test], by=by, outcome=Outcome.KEPT, now=now))


def people(organisation: Organisation, now: datetime) -> QuerySet[Person]:
    """Everybody who works there, or answers for it in the coming month."""
    held = Membership.objects.on(clock.local(now).date()).filter(organisation=organisation).values("person")
    return Person.objects.filter(
        Q(pk__in=held) | Q(pk__in=_on(organisation, now).values("person")), left_at=None
    ).order_by("name", "id")


def _on(organisation: Organisation, now: datetime) -> QuerySet[Shift]:
    return Shift.objects.filter(roster__organisation=organisation, ends_at__gt=now, starts_at__lt=now + MONTH)


@dataclass(frozen=True)
class Line:
    """Somebody with the ways to be reached; `asked` are those to be tested now."""

    person: Person
    addresses: Sequence[Address]
    asked: frozenset[int]
    answers: bool  # on a roster of the coming month


def lines(organisation: Organisation, now: datetime) -> list[Line]:
    """Everybody with their ways to be reached, those to be tested first. A fixed number of queries."""
    on = set(_on(organisation, now).values_list("person", flat=True))
    asked = {address.pk for address in untested([organisation.pk], now)[organisation.pk]}
    everybody = people(organisation, now)
    ways: dict[int, list[Address]] = defaultdict(list)
    for address in Address.objects.filter(person__in=everybody).exclude(dead_why=Address.Dead.ENDED).order_by("id"):
        ways[address.person_id].append(address)
    found = [Line(p, ways[p.pk], frozenset(asked & {a.pk for a in ways[p.pk]}), p.pk in on) for p in everybody]
    return sorted(found, key=lambda line: (not line.asked, not line.answers))


@dataclass(frozen=True)
class Whose:
    """One organisation: how many numbers are to be tested, and the test that is owed."""

    organisation: Organisation
    left: int
    test: Duty | None


def overview(standing: Standing, now: datetime) -> list[Whose]:
    """Every organisation whose numbers somebody may see, those with numbers to be tested first."""
    mine = list(seen_by(standing).order_by("kind", "name", "id"))
    left = untested([each.pk for each in mine], now)
    tests = Duty.objects.filter(kind=KIND, about__in=[each.ref for each in mine], closed_at=None)
    owed = {test.about: test for test in tests}
    found = [Whose(each, len(left[each.pk]), owed.get(each.ref)) for each in mine]
    return sorted(found, key=lambda whose: (whose.test is None, not whose.left))
