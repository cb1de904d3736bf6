"""Reading the rules of an office, beginning with the standard ones, and changing one as of a day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.rules.models import MOST, Rule, Unit


@dataclass(frozen=True)
class Standard:
    """A rule with which every office begins."""

    name: str
    what: str
    value: int
    unit: Unit
    source: str
    since: date


class Rules:
    """The rules of an office, read once. Asked about a day before the first row, the first row answers.

    As long as an office has no row of its own, the `standard` one answers.
    """

    def __init__(self, rows: Iterable[Rule], standard: Iterable[Standard] = ()) -> None:
        self.standard = {each.name: each for each in standard}
        self.rows: dict[str, list[Rule]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.since):
            self.rows[row.name].append(row)

    def on(self, name: str, day: date) -> Decimal:
        """What a rule says on a day."""
        known = self.rows[name]
        if not known and name in self.standard:
            return Decimal(self.standard[name].value)
        if not known:
            raise Refused(_("This office has no rule “%(name)s” yet. Set it up first.") % {"name": name})
        return next((row.value for row in reversed(known) if row.since <= day), known[0].value)

    def number(self, name: str, day: date) -> int:
        """The same as a whole number: days, months."""
        return int(self.on(name, day))


def rules(office: int, standard: Iterable[Standard] = ()) -> Rules:
    """All rules of an office, in one query; of what it has no row yet, the standard ones."""
    return Rules(Rule.objects.filter(office_id=office), standard)


def rule(office: int, name: str, day: date) -> Decimal:
    """What one rule of an office says on a day, in its own unit."""
    return Rules(Rule.objects.filter(office_id=office, name=name)).on(name, day)


def begin(office: int, standard: Iterable[Standard], *, now: datetime) -> None:
    """The office has these rules from now on; what it has already stays as it is."""
    known = set(Rule.objects.filter(office_id=office).values_list("name", flat=True))
    new = [
        Rule(
            office_id=office, name=each.name, what=each.what, value=each.value, unit=each.unit, source=each.source,
            since=each.since, made_at=now,
        )
        for each in standard
        if each.name not in known
    ]  # fmt: skip
    Rule.objects.bulk_create(new, ignore_conflicts=True)  # two begin at once


@transaction.atomic
def change(of: Rule, value: Decimal, source: str, since: date, *, by: Any, now: datetime) -> Rule:
    """From a day on the rule says something else. What held on days that are over stays on record."""
    if since < clock.local(now).date():
        raise Refused(_("A rule can't be changed for days that are over. Choose today or a later day."))
    if of.unit == Unit.YES and value not in (0, 1):
        raise Refused(_("Enter 1 for yes or 0 for no."))
    if value > MOST[Unit(of.unit)]:
        raise Refused(_("This can't be meant: at most %(most)s. Look at the number.") % {"most": MOST[Unit(of.unit)]})
    made, _made = Rule.objects.update_or_create(
        office_id=of.office_id, name=of.name, since=since,
        defaults={"what": of.what, "unit": of.unit, "value": value, "source": source.strip(), "made_at": now},
    )  # fmt: skip
    note(at=now, who=by, did="changed", about=made, why=f"{of.name} {since}")
    return made
