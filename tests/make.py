"""Builders of test data: plain functions that call the real actions, so that no test starts from what can't be."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, RequestFactory

from dure import clock
from dure.duty.models import Duty, Ladder
from dure.duty.opening import Owed, open_duties, publish_ladder
from dure.offices.acting import act, acting
from dure.offices.models import Office
from dure.people import rotas
from dure.people.models import Address, Membership, Organisation, Person, Role, Roster, Rota, Shift
from dure.places.models import Area
from dure.signing.actions import begin
from dure.signing.models import Second

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # a Monday, noon in Seoul
MINUTE, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)
DAY = NOON.date()
_numbers = count(1)


def role(name: str) -> None:
    """From here on the test's connection has the rights of this database role: app, engine or owner."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE dure_{name}")


def office(name: str = "시험구", **values: Any) -> Office:
    """An office with its house and its officers' desk; the connection acts for it from here on."""
    role("owner")
    made = Office.objects.create(name=f"{name} {next(_numbers)}", **values)
    role("app")
    act(made.pk)
    organisation(made, "office", made.name)
    return made


def invented(of: Office) -> None:
    """From here on the office is one for trying out, in which the password alone is enough to log in."""
    role("owner")
    Office.objects.filter(pk=of.pk).update(is_demo=True)
    role("app")


def organisation(of: Office, kind: str = "provider", name: str = "", **values: Any) -> Organisation:
    return Organisation.objects.create(office=of, kind=kind, name=name or f"기관 {next(_numbers)}", **values)


def area(of: Office, name: str = "첨단1동", **values: Any) -> Area:
    return Area.objects.create(office=of, name=name, code=f"12{next(_numbers):08}", **values)


def house(of: Office) -> Organisation:
    return Organisation.objects.get(office=of, kind="office")


def person(
    of: Office,
    name: str = "",
    as_: str = Role.OFFICER,
    at: Organisation | None = None,
    channels: Sequence[str] = ("sms",),
) -> Person:
    """Somebody who works at an organisation (none named: the office itself) and is reached on these channels."""
    number = next(_numbers)
    made = Person(office=of, username=f"u{number}", name=name or f"사람{number}")
    made.set_unusable_password()
    made.save()
    Membership.objects.create(
        office=of, person=made, organisation=at or house(of), role=as_, since=DAY - timedelta(days=400)
    )
    for channel in channels:
        value = {"sms": f"010-0000-{number:04}", "email": f"u{number}@example.org"}.get(channel, "")
        Address.objects.create(
            office=of, person=made, channel=channel, value=value or ("" if channel == "screen" else "1")
        )
    return made


def signed_in(person: Person, client: Client | None = None, second: str = "code") -> Client:
    """A browser in which this person is signed in, with the second step that an officer owes."""
    client = client or Client()
    request = RequestFactory().get("/")
    with acting(person.office_id, person.pk):
        request.session = client.session
        begin(request, person, Second(second), now=clock.now(), real=clock.real())
        request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client


def rewrite(held: QuerySet[Membership], **values: Any) -> None:
    """As if it had been so from the start. The product itself can only end what somebody holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone()
        cursor.execute("SET ROLE dure_owner")
        held.update(**values)
        cursor.execute(f"SET ROLE {before}")


def roster(of: Office, *people: Person, answers_for: str = "", at: Organisation | None = None) -> Roster:
    """A roster that these people answer, around the clock for a month."""
    made = Roster.objects.create(
        office=of, organisation=at or house(of), answers_for=answers_for or f"r{next(_numbers)}", name="당직"
    )
    for place, each in enumerate(people):
        Shift.objects.create(
            office=of, roster=made, person=each, place=place,
            starts_at=NOON - timedelta(days=15), ends_at=NOON + timedelta(days=15),
        )  # fmt: skip
    return made


def rota(on: Roster, *weeks: Sequence[Person], **values: Any) -> Rota:
    """Nights from 18:00 to 09:00 by default, these people in turn; not yet written as shifts."""
    said = {"weekdays": [*range(7)], "starts": time(18), "ends": time(9), "since": DAY, **values}
    return rotas.begin(Rota(office_id=on.office_id, roster=on, **said), weeks, by=weeks[0][0], now=NOON)


def rung(who: Person | Roster, wait: timedelta = TEN_MINUTES, channels: Sequence[str] = ()) -> dict[str, Any]:
    return {type(who).__name__.lower(): who.pk, "wait": int(wait.total_seconds()), "channels": list(channels)}


def ladder(of: Office, *rungs: Person | Roster | dict[str, Any], name: str = "", claim_seconds: int = 600) -> Ladder:
    bound = [each if isinstance(each, dict) else rung(each) for each in rungs]
    name = name or f"l{next(_numbers)}"
    return publish_ladder(of.pk, name, bound, by=None, now=NOON - timedelta(days=1), claim_seconds=claim_seconds)


def duty(*people: Person, on: Ladder | None = None, due_at: datetime = NOON, **values: Any) -> Duty:
    """A duty owed by noon, with a ladder of these persons, ten minutes apart."""
    of = on.office if on else people[0].office
    on = on or ladder(of, *people)
    owed = Owed(
        kind=values.pop("kind", "test.duty"), what=values.pop("what", "Something is owed."), due_at=due_at,
        ladder=on.name, **values,
    )  # fmt: skip
    return open_duties(of.pk, [owed], by=None, now=NOON - timedelta(hours=6))[0]
