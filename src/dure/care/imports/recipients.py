"""A list of recipients: who they are, how to get to them, their meals, contacts and other services."""

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import time
from itertools import groupby
from operator import itemgetter

from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from dure.care import reviews
from dure.care.alarms import excuse
from dure.care.imports.recipient_cells import ENDS
from dure.care.imports.recipient_columns import CONTACTS, STOPPED, columns
from dure.care.imports.recipient_writing import OWN, PLACE, Writing, with_places
from dure.care.imports.subjects import refs
from dure.care.models import Absence, Contact, Meal, MealPlan, OtherService, Recipient, Route, Visit
from dure.cases.aftermath import LONGEST
from dure.imports.keeping import plain
from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.people.models import Organisation
from dure.places.models import Area, Place
from dure.sheets.problems import N_, Problem
from dure.sheets.words import is_nothing

WHOSE = N_("Whose recipient this is isn't said. Fill in the provider, or choose whose list it is at the upload.")
OTHERS = N_("The list is of %(mine)s, but here stands another provider. Put the row into the other's list.")
NO_DONG = N_("The dong is missing. Write it here or into the address.")
NO_NUMBER = N_("The contact has no phone number. Fill it in, or delete the contact.")
WHICH_DONG = N_(
    "Which dong it is isn't certain: the address and the heading name different ones. Write it in a column."
)
STILL_SERVED = N_(
    "'%(value)s' stands here, but meals still go there. End them on the recipient's page, with the day and why."
)
ENDED = N_("Meals ended here on %(day)s (%(why)s). If they begin again, enter them by hand; otherwise delete the row.")
REMARK = N_("'%(value)s' stands here. If no more meals come, delete the row; if they do, delete this note.")
NO_NAME_BUT = N_("Only the relation of the contact is here. Fill in name and number, or delete the relation.")
NO_NAME = N_("The contact has no name. Fill it in, or delete the number.")
SAME = N_("The same contact stands here twice. Delete one.")
VISITED = N_("Visits were due or made already. End the meals on the recipient's page.")
TOO_FAR = N_("This is more than a year from now. Look at the year.")
TAKEN_BACK = N_("the list was taken back")
OPENED_ONLY = Q(outcome="", sightings=None, duty__raised_at=None) & Q(excused_at=None, duty__closed_at=None)


class Recipients(Kind):
    """Recipients are known again by name and date of birth."""

    title = gettext_lazy("List of recipients")
    still_kept = STILL_SERVED

    def columns(self, scope: Scope) -> Sequence[Column]:
        return columns(scope)

    def identify(self, values: Values) -> Hashable | None:
        return (values["name"], values["born_on"]) if values.get("name") and values.get("born_on") else None

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        """Whose recipient it is, in which dong, and contacts that can be phoned."""
        dongs = [(_as_a_word(area.name), str(area.pk)) for area in Area.objects.filter(until=None)]
        ended = _ended(rows)
        names = {str(o.pk): o.name for o in Organisation.objects.filter(kind=Organisation.Kind.PROVIDER)}
        mine = str(scope.organisation.pk) if scope.organisation else None
        for row in rows:
            whose = row.values.setdefault("provider", mine) if mine else row.values.get("provider")
            if whose is None:
                row.refuse("provider", Problem(WHOSE))
            elif mine and whose != mine:
                row.refuse("provider", Problem(OTHERS, mine=names[mine]))
            if row.values.get("started_on") and row.values["started_on"] > (scope.today + LONGEST).isoformat():
                row.refuse("started_on", Problem(TOO_FAR))
            if row.identity in ended:
                row.refuse("name", Problem(ENDED, day=ended[row.identity][0], why=ended[row.identity][1]))
            _find_dong(row, dongs)
            _check_contacts(row)

    def remark(self, words: str) -> Problem | None:
        """A note like "7.1부터 종료" beside the columns that are taken may mean that no meals come any more."""
        return Problem(REMARK, value=words[:40]) if ENDS.search(words) else None

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        names = {identity[0] for identity in wanted if isinstance(identity, tuple)}
        known = Recipient.objects.filter(name__in=names, ended_on=None).values_list("name", "born_on", "ref")
        found = {(name, plain(born)): f"recipient {ref}" for name, born, ref in known}
        return {identity: subject for identity, subject in found.items() if identity in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        found = with_places(Recipient.objects.filter(ref__in=refs(subjects), ended_on=None))
        routes = dict(Route.objects.values_list("pk", "name"))
        known = {recipient.pk: (recipient, _own(recipient, routes)) for recipient in found}
        of = Q(recipient__in=known)  # ordered by the id, not by the recipient: that would join and sort by name
        for contact in Contact.objects.filter(of).order_by("recipient_id", "order", "id"):
            _tell_contact(known[contact.recipient_id][1], contact)
        hanging = OtherService.objects.filter(of).order_by("recipient_id", "id")
        for pk, services in groupby(hanging.values_list("recipient_id", "service", "stopped_on"), itemgetter(0)):
            known[pk][1]["services"] = [name + (STOPPED if stopped else "") for _, name, stopped in services]
        meals = MealPlan.objects.filter(of, until=None).order_by("recipient_id", "weekday")
        plans = meals.values_list("recipient_id", "meal", "weekday", "by_time")
        for pk, mine in groupby(plans, itemgetter(0)):
            known[pk][1].update(_meals([plan[1:] for plan in mine]))
        return {f"recipient {recipient.ref}": values for recipient, values in known.values()}

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        return Writing(scope, self.current(scope, {i.subject for i in items if i.subject})).save(items)

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        """Who came with a list goes with it. Whose days were opened meanwhile isn't served any more; what a person
        has seen or entered since then stays."""
        mine = list(Recipient.objects.filter(ref__in=refs(subjects)))
        visits = Visit.objects.filter(recipient__in=mine)
        touched = set(Absence.objects.filter(recipient__in=mine).values_list("recipient", flat=True))
        touched |= set(visits.filter(~OPENED_ONLY).values_list("recipient", flat=True))
        hidden = Contact.everybody.filter(recipient__in=mine).exclude(untold_at=None)
        touched |= set(hidden.values_list("recipient", flat=True))
        opened = set(visits.values_list("recipient", flat=True)) - touched
        reviews.no_longer_owed(Recipient.objects.filter(pk__in=[r.pk for r in mine if r.pk not in touched]),
                               by=scope.by, now=scope.now)  # fmt: skip
        _not_served(opened, scope)
        _delete([r for r in mine if r.pk not in touched | opened])
        return {f"recipient {r.ref}": Problem(VISITED) for r in mine if r.pk in touched}


def _not_served(recipients: Collection[int], scope: Scope) -> None:
    """They came with a list that was taken back: nothing is owed to them."""
    Recipient.objects.filter(pk__in=recipients).update(ended_on=scope.today, ended_why=TAKEN_BACK)
    visits = Visit.objects.filter(recipient__in=recipients, duty__closed_at=None).select_related("duty")
    excuse(list(visits), why=TAKEN_BACK, by=scope.by, now=scope.now)


def _delete(recipients: Sequence[Recipient]) -> None:
    of = Q(recipient__in=recipients)
    for hanging in (Contact, OtherService, MealPlan):
        hanging._default_manager.filter(of).delete()
    Recipient.objects.filter(pk__in=[r.pk for r in recipients]).delete()
    Place.objects.filter(pk__in=[r.place_id for r in recipients]).delete()


def _ended(rows: Sequence[Row]) -> Mapping[Hashable, tuple[str, str]]:
    """Whose meals have ended for good: when and why. A list that was taken back doesn't count."""
    names = {row.values["name"] for row in rows}
    known = Recipient.objects.filter(name__in=names).exclude(ended_why=TAKEN_BACK)
    found = known.order_by(F("ended_on").asc(nulls_last=True)).values_list("name", "born_on", "ended_on", "ended_why")
    last = {(name, plain(born)): (ended, why) for name, born, ended, why in found}
    return {identity: (ended.isoformat(), why) for identity, (ended, why) in last.items() if ended}


def _as_a_word(name: str) -> re.Pattern[str]:
    """The dong as a word by itself: 신동 isn't in 신동아아파트, nor 평동 in 평동로."""
    return re.compile(r"(?<![가-힣])(?:[가-힣]*[시군구]\s*)?" + r"\s*".join(map(re.escape, name)) + r"(?![가-힣])")


def _find_dong(row: Row, dongs: Sequence[tuple[re.Pattern[str], str]]) -> None:
    """A dong that isn't written in its own column may stand in the address, else in the heading or the sheet's name."""
    if "dong" in row.values:
        return
    address = row.values.get("address", "")
    named = [pk for word, pk in dongs if word.search(address)]
    above = next((found for text in row.under if (found := [pk for word, pk in dongs if word.search(text)])), [])
    if len(named or above) > 1 or (named and above and named != above):
        row.refuse("address", Problem(WHICH_DONG))
    elif named or above:
        row.values["dong"] = (named or above)[0]
    else:
        row.refuse("dong", Problem(NO_DONG))


def _check_contacts(row: Row) -> None:
    seen = set()
    for n in CONTACTS:
        name, number = row.values.get(f"contact{n}"), row.values.get(f"contact{n}_phone")
        if name and not number:
            row.refuse(f"contact{n}_phone", Problem(NO_NUMBER))
        elif number and not name:
            row.refuse(f"contact{n}", Problem(NO_NAME))
        elif not name and not is_nothing(row.values.get(f"contact{n}_relation")):
            row.refuse(f"contact{n}", Problem(NO_NAME_BUT))
        elif name and (name, number) in seen:
            row.refuse(f"contact{n}", Problem(SAME))
        seen.add((name, number))


def _own(recipient: Recipient, routes: Mapping[int, str]) -> Values:
    """What is kept of the recipient in one row and the place; every other key is there and empty."""
    values: Values = {key: plain(getattr(recipient, key)) or None for key in (*OWN, "started_on")}
    values |= {key: getattr(recipient.place, key) or None for key in PLACE}
    values |= {"route_order": recipient.route_order, "slow_minutes": recipient.place.slow_minutes}
    values |= {"dong": _key(recipient.place.area_id), "provider": _key(recipient.provider_id)}
    values |= {"scheme": _key(recipient.scheme_id), "route": routes.get(recipient.route_id or 0)}
    values |= dict.fromkeys(("days", "lunch", "dinner", "dinner_days", "services"))
    for n in CONTACTS:
        values |= dict.fromkeys((f"contact{n}", f"contact{n}_relation", f"contact{n}_phone", f"contact{n}_key"))
    return values


def _key(pk: int | None) -> str | None:
    return None if pk is None else str(pk)


def _tell_contact(values: Values, contact: Contact) -> None:
    n = next((n for n in CONTACTS if values[f"contact{n}"] is None), None)
    if n:
        values[f"contact{n}"], values[f"contact{n}_phone"] = contact.name, contact.phone
        values[f"contact{n}_relation"], values[f"contact{n}_key"] = contact.relation or None, contact.has_key


def _meals(plans: Sequence[tuple[str, int, time]]) -> Values:
    """The meals of the week as a list says them: the days, and by when each meal comes."""
    lunch, dinner = ([day for meal, day, _ in plans if meal == which] for which in (Meal.LUNCH, Meal.DINNER))
    at = {meal: plain(by_time) for meal, _, by_time in plans}
    return {
        "days": lunch or dinner,
        "lunch": at.get(Meal.LUNCH),
        "dinner": at.get(Meal.DINNER),
        "dinner_days": dinner if lunch and dinner and dinner != lunch else None,
    }
