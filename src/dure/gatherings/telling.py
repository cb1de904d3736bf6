"""Telling those who answer at agencies, without hurry, that something concerns them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from dure import clock
from dure.outbox.actions import ordinary_try_at, owe
from dure.outbox.models import Message
from dure.people.actions import addresses_of
from dure.people.models import Channel, Membership, Organisation, Person, Role

WRITTEN = (Channel.SMS, Channel.EMAIL)
ANSWER = (Role.PROVIDER, Role.CENTRE)  # who of an agency is told, and may speak for it


def answering(organisations: Iterable[Organisation | int], now: datetime) -> QuerySet[Membership]:
    """Who answers at these agencies today."""
    held = Membership.objects.on(clock.local(now).date()).filter(organisation__in=list(organisations))
    return held.filter(role__in=ANSWER, person__left_at=None)


def speaks_for(person: Person, now: datetime) -> set[int]:
    """For which agencies somebody may say that something was read."""
    held = Membership.objects.on(clock.local(now).date()).filter(person=person, role__in=ANSWER)
    return set(held.values_list("organisation", flat=True))


def unreached(organisations: Collection[Organisation], now: datetime) -> list[Organisation]:
    """The agencies at which nobody can be told by a message: somebody has to call them."""
    held = list(answering(organisations, now).values_list("organisation", "person"))
    ways = addresses_of({person for _, person in held})
    told = {
        at for at, person in held if any(channel in (Channel.SMS, Channel.EMAIL) for channel, _ in ways.get(person, []))
    }
    return [each for each in organisations if each.pk not in told]


def tell_agencies(
    organisations: Collection[Organisation], what: str, values: dict[str, str], page: str, by: Person, now: datetime
) -> None:
    """Owe a message to whoever answers at these agencies."""
    people = Person.objects.filter(pk__in=answering(organisations, now).values("person")).order_by("pk")
    tell_people(people, what, values, page, by, now)


def tell_people(
    people: Iterable[Person], what: str, values: dict[str, str], page: str, by: Person, now: datetime
) -> None:
    """Owe each a message; not to who did it."""
    languages = {person.pk: person.language for person in people if person.pk != by.pk}
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
