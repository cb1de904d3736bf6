"""Writing a list of recipients: all new ones in a few statements, the changed ones together."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dure.care.following import follow
from dure.care.imports.recipient_columns import CONTACTS, STOPPED
from dure.care.models import Contact, Meal, MealPlan, OtherService, Reach, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.care.recipients import Wanted, not_told, set_meals
from dure.cases.models import Tier
from dure.imports.kinds import Item, Scope, Values
from dure.people.models import Organisation
from dure.places.models import Place

NOON = "12:00"
MANY = 500  # new recipients at once, after which the database counts them anew
EMPTY: dict[str, Any] = {"born_on": None, "consent_on": None, "reviewed_on": None, "route_order": 0, "slow_minutes": 0}
EMPTY |= {"reach": Reach.PHONE, "tier": Tier.AMBER}  # what stands where nothing is said; else no text
PLACE = ("address", "entrance", "floor", "door_code", "key_place", "hazard", "slow_minutes")
OWN = (
    "name", "born_on", "sex", "phone", "phone_2", "reach", "tier", "route_order", "health", "medicines", "hospital",
    "diet", "allergies", "registered_119", "planned_response", "consent_on", "reviewed_on",
)  # fmt: skip
MEALS = {"days", "lunch", "dinner", "dinner_days"}
# what is owed already follows a change of these
MOVES = {"provider", "route", "route_order", "tier", "dong", "started_on", "reviewed_on", *MEALS}


class Writing:
    """One list being written; `before` is what is kept of those who are there already."""

    def __init__(self, scope: Scope, before: Mapping[str, Values]) -> None:
        self.scope, self.before = scope, before
        centres = Organisation.objects.filter(kind=Organisation.Kind.CENTRE, area__isnull=False)
        self.centres = {str(centre.area_id): centre for centre in centres}
        self.routes = {(str(route.provider_id), route.name): route for route in Route.objects.all()}

    def save(self, items: Sequence[Item]) -> list[str]:
        """Write them all; the subjects in the same order."""
        refs = [item.subject.split()[1] for item in items if item.subject]
        known = {f"recipient {r.ref}": r for r in with_places(Recipient.objects.filter(ref__in=refs))}
        self._new_routes(items)
        pairs = [(known[i.subject] if i.subject else self._new(), i) for i in items]
        for recipient, item in pairs:
            self._fill(recipient, item)
        new = [(r, item.values) for r, item in pairs if not item.subject]
        changed = [(r, item.values) for r, item in pairs if item.subject]
        self._write(pairs)
        self._contacts(pairs)
        self._services(pairs)
        self._first_meals(new)
        for recipient, values in changed:
            self._other_meals(recipient, values)
        if moved := [r.pk for r, values in changed if values.keys() & MOVES]:
            follow(self.scope.office, moved, by=self.scope.by, now=self.scope.now)
        return [f"recipient {recipient.ref}" for recipient, _ in pairs]

    def _new(self) -> Recipient:
        office = self.scope.office
        return Recipient(office_id=office, place=Place(office_id=office), started_on=self.scope.today)

    def _new_routes(self, items: Sequence[Item]) -> None:
        wanted = {key for item in items if (key := self._route_of(item))} - set(self.routes)
        office = self.scope.office
        made = [Route(office_id=office, provider_id=int(provider), name=name) for provider, name in sorted(wanted)]
        self.routes |= {(str(route.provider_id), route.name): route for route in Route.objects.bulk_create(made)}

    def _route_of(self, item: Item) -> tuple[str, str] | None:
        """Provider and name of the course; a course goes by its name along to another provider."""
        said = {**self.before.get(item.subject or "", {}), **item.values}
        return (said["provider"], said["route"]) if said.get("route") else None

    def _fill(self, recipient: Recipient, item: Item) -> None:
        """What is given, onto the recipient and the place; a value that is given as nothing empties it."""
        values = item.values
        for keys, thing in ((OWN, recipient), (PLACE, recipient.place)):
            for key in keys:
                if key in values:
                    setattr(thing, key, EMPTY.get(key, "") if values[key] is None else values[key])
        if values.get("started_on"):
            recipient.started_on = date.fromisoformat(values["started_on"])
        if values.get("provider"):
            recipient.provider_id = int(values["provider"])
        if "scheme" in values:
            recipient.scheme_id = int(values["scheme"]) if values["scheme"] else None
        if values.get("dong"):
            recipient.place.area_id = int(values["dong"])
            recipient.centre = self.centres.get(values["dong"])
        if {"route", "provider"} & values.keys():
            course = self._route_of(item)
            recipient.route = self.routes[course] if course else None

    def _write(self, pairs: Sequence[tuple[Recipient, Item]]) -> None:
        new = [recipient for recipient, item in pairs if not item.subject]
        changed = [recipient for recipient, item in pairs if item.subject]
        Place.objects.bulk_create([r.place for r in new], batch_size=2000)
        for recipient in new:
            recipient.place_id = recipient.place.pk
        Recipient.objects.bulk_create(new, batch_size=2000)
        if len(new) > MANY:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE care_recipient")
        told = {key for _, item in pairs if item.subject for key in item.values}
        if places := [*(told & {*PLACE}), *(["area"] if "dong" in told else [])]:
            Place.objects.bulk_update([r.place for r in changed], places, batch_size=500)
        own = [*(told & {*OWN, "started_on", "provider", "scheme"}), *(["centre"] if "dong" in told else [])]
        own += ["route"] if told & {"route", "provider"} else []
        if own:
            Recipient.objects.bulk_update(changed, own, batch_size=500)

    def _contacts(self, pairs: Sequence[tuple[Recipient, Item]]) -> None:
        """The contacts that the list speaks of, by their place in the order; a changed number is untested again."""
        told = [(r, self._contacts_of(item)) for r, item in pairs]
        told = [(recipient, contacts) for recipient, contacts in told if contacts]
        kept: dict[int, list[Contact]] = {}
        for contact in Contact.objects.filter(recipient__in=[r.pk for r, _ in told]).order_by("order", "id"):
            kept.setdefault(contact.recipient_id, []).append(contact)
        hidden, gone = not_told([r.pk for r, _ in told], self.scope.office), list[Contact]()
        fewer, fresh = {pk for pk, _ in hidden}, list[Contact]()
        for recipient, contacts in told:
            mine = kept.get(recipient.pk, [])
            for n, values in contacts.items():
                if (recipient.pk, values["phone"]) in hidden:
                    continue
                if recipient.pk in fewer:  # whom the list has in another place than we: its places say nothing
                    old = next((contact for contact in mine if contact.phone == values["phone"]), None)
                else:
                    old = mine[n - 1] if n <= len(mine) else None
                if values["name"] is not None:
                    fresh.append(self._contact(recipient, n, values, old))
                if old:
                    gone.append(old)
        Contact.objects.filter(pk__in=[contact.pk for contact in gone]).delete()
        Contact.objects.bulk_create(fresh, batch_size=2000)

    def _contacts_of(self, item: Item) -> dict[int, Values]:
        """Each contact of which anything is new, with what is kept of it."""
        kept, found = self.before.get(item.subject or "", {}), {}
        for n in CONTACTS:
            keys = {"name": f"contact{n}"} | {part: f"contact{n}_{part}" for part in ("relation", "phone", "key")}
            if item.values.keys() & set(keys.values()):
                found[n] = {part: item.values.get(key, kept.get(key)) for part, key in keys.items()}
        return found

    def _contact(self, recipient: Recipient, n: int, values: Values, old: Contact | None) -> Contact:
        made = Contact(office_id=self.scope.office, recipient=recipient, order=n)
        made.name, made.phone = values["name"], values["phone"]
        made.relation, made.has_key = values["relation"] or "", bool(values["key"])
        if old and old.phone == made.phone:
            made.tested_at, made.dead_at = old.tested_at, old.dead_at
        return made

    def _services(self, pairs: Sequence[tuple[Recipient, Item]]) -> None:
        """The other services as the list names them; what is known of one that stays is kept."""
        told = [(r, i.values["services"] or []) for r, i in pairs if "services" in i.values]
        old = OtherService.objects.filter(recipient__in=[r.pk for r, _ in told])
        kept = {(service.recipient_id, service.service): service for service in old}
        fresh = []
        for recipient, names in told:
            for name in names:
                plain, stopped = name.removesuffix(STOPPED), name.endswith(STOPPED)
                known = kept.get((recipient.pk, plain)) or OtherService(service=plain)
                since = (known.stopped_on or self.scope.today) if stopped else None
                fresh.append(
                    OtherService(
                        office_id=self.scope.office, recipient=recipient, service=plain, agency=known.agency,
                        days=known.days, stopped_on=since,
                    )
                )  # fmt: skip
        old.delete()
        OtherService.objects.bulk_create(fresh, batch_size=2000)

    def _first_meals(self, new: Sequence[tuple[Recipient, Values]]) -> None:
        """The meals of who is new, from tomorrow at the earliest; tomorrow's visits, if they are open already."""
        tomorrow, office = self.scope.today + timedelta(days=1), self.scope.office
        MealPlan.objects.bulk_create(
            (
                MealPlan(
                    office_id=office, recipient=recipient, weekday=w.weekday, meal=w.meal, by_time=w.by_time,
                    since=max(tomorrow, recipient.started_on),
                )
                for recipient, values in new
                for w in wanted(values)
            ),
            batch_size=5000,
        )  # fmt: skip
        if new and Visit.objects.filter(office_id=office, day=tomorrow).exists():
            open_day(office, tomorrow, now=self.scope.now)

    def _other_meals(self, recipient: Recipient, values: Values) -> None:
        """Changed meals of somebody who is served already: from tomorrow on."""
        if MEALS & values.keys():
            kept = self.before[f"recipient {recipient.ref}"]
            meals = {key: values.get(key, kept[key]) for key in MEALS}
            if meals != {key: kept[key] for key in MEALS}:
                since, by = self.scope.today + timedelta(days=1), self.scope.by
                set_meals(recipient, wanted(meals), since=since, by=by, now=self.scope.now)


def with_places(recipients: QuerySet[Recipient]) -> list[Recipient]:
    """Recipients with their places, asked for apart: joined, thousands of each are slow while nothing is counted."""
    found = list(recipients)
    places = Place.objects.in_bulk([recipient.place_id for recipient in found])
    for recipient in found:
        recipient.place = places[recipient.place_id]
    return found


def wanted(values: Values) -> list[Wanted]:
    """The meals of the week that a list says: lunch at noon when no time stands there."""
    days = values.get("days") or []
    lunch, dinner = values.get("lunch"), values.get("dinner")
    if not lunch and not dinner:
        lunch = NOON
    found = [Wanted(day, Meal.LUNCH, time.fromisoformat(lunch)) for day in days] if lunch else []
    if dinner:
        found += [Wanted(day, Meal.DINNER, time.fromisoformat(dinner)) for day in values.get("dinner_days") or days]
    return found
