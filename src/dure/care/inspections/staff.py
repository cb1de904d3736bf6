"""Certificates and training of the providers' people: held, renewed, lapsed, and who worked meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from dure.care.certificates.holding import Book, Holding, State, book
from dure.care.certificates.listing import PRESSING
from dure.care.certificates.models import WORK
from dure.care.certificates.over_time import Lack, lacks
from dure.care.figures.visits import visits
from dure.care.inspections.meant import Meant, Part, listed, middle, number, span, table
from dure.care.models import Outcome
from dure.people.models import Membership, Organisation, Person, Role
from dure.sheets.paper import Column, Table
from dure.sheets.tables import Value

Days = Mapping[date, int]  # how many visits somebody made on a day
VISITED = Q(outcome__in=[each for each in Outcome.values if each != Outcome.NOT_ATTEMPTED])


@dataclass(frozen=True)
class Line:
    """One kind of certificate of one person who worked at a provider in these days."""

    person: Person
    provider: Organisation
    holding: Holding
    renewed: Sequence[date]
    lacking: Sequence[Lack]
    visits: Days

    def worked(self, lack: Lack) -> int:
        """How many visits the person made while it was lacking."""
        return sum(n for day, n in self.visits.items() if lack.since <= day <= lack.until)

    @property
    def meanwhile(self) -> int:
        """The same for all of it."""
        return sum(map(self.worked, self.lacking))


def part(meant: Meant) -> Part:
    """Everybody who worked there, each certificate on its line, the most pressing first."""
    lines = _lines(meant)
    return Part(
        "certificates", _("Health certificates and training"), _says(lines), _lacks(lines),
        [
            _("How it stood at the end of these days, or when somebody stopped working there."),
            _("Visits: those of these days that stand under the person's name and at which somebody went there."),
        ],
        [_table(meant, lines)], "care:certificates:index",
    )  # fmt: skip


def _lines(meant: Meant) -> list[Line]:
    held = _held(meant)
    people = {each[0].person.pk: each[0].person for each in held}
    found, made = book(meant.standing.office, people.values(), meant.last), _visits(meant, people)
    lines: list[Line] = []
    for spells in held:
        person, provider = spells[0].person, spells[0].organisation
        ends = [each.until - timedelta(days=1) if each.until else meant.last for each in spells]
        until = min(meant.last, max(ends))
        lacking = lacks(found, person, max(meant.asked.first, spells[0].since), until)
        lines += [
            Line(
                person, provider, holding, _renewed(found, holding, meant),
                [lack for lack in lacking if lack.kind == holding.kind], made[person.pk, provider.pk],
            )
            for holding in found.on(until, person)
        ]  # fmt: skip
    return sorted(lines, key=lambda line: (not line.lacking, PRESSING.index(line.holding.state), line.person.name))


def _held(meant: Meant) -> list[list[Membership]]:
    """Who handled food there on some of these days: workers, and whoever of a desk cooks. Each once a provider, with
    every spell for which they were there."""
    there = Membership.objects.filter(organisation__in=meant.keys, role__in=WORK, since__lte=meant.last)
    there = there.filter(Q(until=None) | Q(until__gt=meant.asked.first)).exclude(until__lte=F("since"))
    there = there.filter(Q(role=Role.WORKER) | Q(person__food_work__cooks=True))
    found: dict[tuple[int, int], list[Membership]] = defaultdict(list)
    for each in there.select_related("person", "organisation").order_by("since", "pk"):
        found[each.person_id, each.organisation_id].append(each)
    return list(found.values())


def _visits(meant: Meant, people: Iterable[int]) -> dict[tuple[int, int], Counter[date]]:
    mine = visits(meant.standing, meant.asked.until(meant.today)).filter(VISITED, worker__in=list(people))
    made: dict[tuple[int, int], Counter[date]] = defaultdict(Counter)
    for worker, provider, day, n in mine.order_by().values_list("worker", "provider", "day").annotate(n=Count("pk")):
        made[worker, provider][day] = n
    return made


def _renewed(found: Book, holding: Holding, meant: Meant) -> list[date]:
    of, kind = found.of[holding.person.pk], holding.kind
    days = {each.day for each in of.entered[kind.pk]} | {day for day, _hours in of.counted[kind.pk]}
    return sorted(day for day in days if meant.asked.first <= day <= meant.last)


def _says(lines: Sequence[Line]) -> str:
    """How many people, each once by what is most pressing at the end."""
    worst: dict[int, State] = {}
    for line in lines:
        state = worst.get(line.person.pk, line.holding.state)
        worst[line.person.pk] = min(state, line.holding.state, key=PRESSING.index)
    counts = Counter(worst.values())
    by_state = " · ".join(f"{state.label} {counts[state]:,}" for state in reversed(PRESSING) if counts[state])
    said = _("%(n)s people") % {"n": len(worst)}
    return f"{said} ({by_state})" if by_state else said


def _lacks(lines: Sequence[Line]) -> list[str]:
    """Who worked while something had lapsed, who only let it lapse, and of whom nothing was ever entered."""
    worked: list[tuple[Line, Lack]] = []
    idle: list[tuple[Line, Lack]] = []
    for line in lines:
        for lack in line.lacking:
            if lack.state == State.LAPSED:
                (worked if line.worked(lack) else idle).append((line, lack))
    said = [
        _("%(who)s worked while lapsed: %(kind)s, %(days)s, %(n)s visits")
        % {"who": line.person, "kind": lack.kind, "days": span(lack.since, lack.until), "n": line.worked(lack)}
        for line, lack in worked
    ]
    said += [
        _("%(who)s: %(kind)s had lapsed %(days)s, no visits meanwhile")
        % {"who": line.person, "kind": lack.kind, "days": span(lack.since, lack.until)}
        for line, lack in idle
    ]
    return [*said, *_never(lines)]


def _never(lines: Sequence[Line]) -> list[str]:
    names: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        never = [lack for lack in line.lacking if lack.state == State.MISSING]
        if never:
            worked = {"who": line.person, "n": sum(map(line.worked, never))}
            names[str(line.holding.kind)].append(_("%(who)s (%(n)s visits meanwhile)") % worked)
    return [
        _("No %(kind)s was entered for a while: %(names)s") % {"kind": kind, "names": listed(mine)}
        for kind, mine in names.items()
    ]


def _table(meant: Meant, lines: Sequence[Line]) -> Table:
    columns = [
        *meant.whose_column(1.4), Column(_("Name"), 0.9), Column(_("Certificate"), 1.9), Column(_("State"), 0.9),
        middle(_("Last examination or training"), 1.2), middle(_("Valid until"), 1.2),
        middle(_("Renewed in these days"), 1.2), Column(_("Lacking in these days"), 3.3),
        number(_("Visits meanwhile"), 0.8),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            *meant.whose(line.provider), str(line.person), str(line.holding.kind), str(line.holding.state.label),
            line.holding.latest, line.holding.until, "\n".join(f"{day:%Y-%m-%d}" for day in line.renewed),
            "\n".join(f"{span(lack.since, lack.until)} ({lack.state.label})" for lack in line.lacking),
            line.meanwhile if line.lacking else None,
        ]
        for line in lines
    ]  # fmt: skip
    return table(columns, rows)
