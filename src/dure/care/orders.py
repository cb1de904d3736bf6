"""The contact orders of an office, said in sentences: who is told, when, and by which ways."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.duty.models import Ladder
from dure.people.models import Channel, Person, Roster

L = gettext_lazy
NAMES = {
    "visit": L("A visit wasn't reported in time"),
    "case": L("Somebody can't be reached"),
    "oncall": L("The office decides"),
    "centre": L("The centre has to know"),
    "followup": L("Something was noted at a visit: looked at without hurry"),
    "call_list": L("Welfare calls of a dong are to be made, on a working day"),
    "call_list_office": L("Welfare calls are to be made, on a weekend or holiday"),
    "call": L("A welfare call wasn't made in time, on a working day"),
    "call_holiday": L("A welfare call wasn't made in time, on a weekend or holiday"),
    "office": L("Work of the office without hurry"),
    "paper": L("What was agreed at meetings, and circulars: reminded once a day"),
    "worker": L("A worker hasn't started, or isn't heard on the road"),
    "worker_help": L("A worker asks for help"),
    "dong": L("What a dong's centre does without hurry: reminded once a day, then the office"),
}
WHO = {
    ("desk", "organisation"): L("the provider's desk"),
    ("centre", "area"): L("the centre of the dong"),
    ("oncall", "office"): L("the office's person on call"),
    ("desk", "office"): L("the office's desk"),
    ("officer", "office"): L("the officer in charge"),
}


def latest(office: int) -> list[Ladder]:
    """The orders in force, one of each name, in the order in which people think of them."""
    found = Ladder.objects.filter(office=office).order_by("name", "-version").distinct("name")
    names = list(NAMES)
    return sorted(found, key=lambda o: names.index(o.name) if o.name in names else len(names))


def title(name: str) -> str:
    """What an order is for."""
    return str(NAMES.get(name, name))


class Wording:
    """Says rungs in sentences; the names of rosters and persons are read once."""

    def __init__(self, orders: Iterable[Ladder]) -> None:
        rungs = [rung for order in orders for rung in order.rungs]
        rosters, persons = [r.get("roster") for r in rungs], [r.get("person") for r in rungs]
        self.rosters = {r.pk: f"{r.organisation} {r.name}" for r in _named(rosters)}
        self.persons = {p.pk: p.name for p in Person.objects.filter(pk__in=[p for p in persons if p])}

    def who(self, rung: Mapping[str, Any]) -> str:
        """Who is told, in words."""
        if rung.get("person"):
            return self.persons.get(rung["person"], "—")
        if rung.get("roster"):
            return self.rosters.get(rung["roster"], "—")
        said = WHO.get((rung["who"], rung.get("of", "")))
        return str(said) if said else f"{rung['who']} ({rung.get('of', '')})"

    def sentences(self, order: Ladder) -> list[str]:
        """The whole order, one sentence a step, and what happens at its end."""
        said, before = [], 0
        for rung in order.rungs:
            ways = ", ".join(str(Channel(c).label) for c in rung.get("channels", [])) or _("every way known")
            values = {"who": self.who(rung), "ways": ways, "minutes": before // 60}
            if before:
                text = _("If nobody takes it on within %(minutes)d minutes: %(who)s (%(ways)s).")
            else:
                text = _("At once: %(who)s (%(ways)s).")
            said.append(text % values)
            before = rung["wait"]
        last = _("Then %(who)s again every %(minutes)d minutes, until somebody takes it on.")
        claim = _("Who takes it on has %(minutes)d minutes for the next step; then the next in the order is told.")
        end = {"who": self.who(order.rungs[-1]), "minutes": before // 60}
        return [*said, last % end, claim % {"minutes": order.claim_seconds // 60}]


def _named(numbers: list[int | None]) -> Iterable[Roster]:
    return Roster.objects.filter(pk__in=[n for n in numbers if n]).select_related("organisation")
