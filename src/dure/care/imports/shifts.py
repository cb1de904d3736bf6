"""A duty roster as a list: who answers for which roster, on which day, from when to when."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from dure import clock
from dure.care.imports.recipient_columns import by
from dure.care.imports.subjects import refs
from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.people.actions import WHOLE_OFFICE
from dure.people.models import Membership, Organisation, Person, Roster, Shift, StandIn
from dure.sheets import cells, dates
from dure.sheets.phones import digits_of, phone
from dure.sheets.problems import N_, Problem

NOBODY = N_("Nobody of this name works here. Look at the name, or take the person in first.")
WHO = N_("Several people have this name. Write the phone number of the one who is meant, too.")
OVER = N_("This shift is over already. Look at the day.")
ELSEWHERE = N_("This person doesn't work at %(organisation)s on that day. Look at the name, or at the roster.")
OFF = N_("This person is off until %(until)s (%(why)s), and that was arranged already. Leave this row out.")
BEGUN = N_("The shift has begun already. It stays on the record.")


class Shifts(Kind):
    """Shifts are known again by roster, beginning and person."""

    title = _("Rosters")

    def columns(self, scope: Scope) -> Sequence[Column]:
        rosters = _rosters(scope).select_related("organisation")
        ways = {str(r.pk): [f"{r.organisation.name} {r.name}", r.name, r.organisation.name] for r in rosters}
        alone = [way for each in ways.values() for way in each]
        ways = {key: [each[0], *(way for way in each[1:] if alone.count(way) == 1)] for key, each in ways.items()}
        named, order = cells.choice(ways), cells.number(1, 20)
        return [
            Column("roster", _("Roster"), named, by("당직표 근무표 구분 당직구분"), must=True, words=ways),
            Column("day", _("Day"), dates.day, by("날짜 일자 근무일 당직일"), must=True, hint="2026-12-01"),
            Column(
                "hours", _("From – until"), dates.hours, by("시간 근무시간 당직시간"), must=True, hint="18:00~09:00"
            ),
            Column("name", _("Name"), cells.name, by("성명 이름 당직자 근무자"), must=True, hint="홍길동"),
            Column("phone", _("Phone"), phone, by("연락처 전화 전화번호 휴대전화 휴대폰")),
            Column("place", _("Order"), order, by("순서 당직순서 조"), hint="1"),
        ]

    def identify(self, values: Values) -> Hashable | None:
        keys = values.get("roster"), values.get("day"), (values.get("hours") or [None])[0], values.get("name")
        return keys if all(keys) else None

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        """Who is meant by the name, and whether the shift is still to come."""
        named: dict[str, list[Person]] = {}
        for person in Person.objects.filter(left_at=None, name__in={row.values["name"] for row in rows}):
            named.setdefault(person.name, []).append(person)
        for row in rows:
            people = named.get(row.values["name"], [])
            if len(people) > 1 and "phone" in row.values:
                number = digits_of(row.values["phone"])
                people = [person for person in people if digits_of(person.phone) == number]
            if len(people) != 1:
                row.refuse("name", Problem(WHO if people else NOBODY))
            elif _span(row.values)[1] <= scope.now:
                row.refuse("day", Problem(OVER))
            else:
                row.values["person"] = str(people[0].pk)
            row.values.pop("phone", None)
        named_well = [row for row in rows if "person" in row.values]
        _work_there(named_well)
        _not_off(named_well)

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        days = [date.fromisoformat(identity[1]) for identity in wanted if isinstance(identity, tuple)]
        if not days:
            return {}
        span = (_at(min(days), time()), _at(max(days) + timedelta(days=1), time()))
        found = Shift.objects.filter(roster__in=_rosters(scope), starts_at__range=span).select_related("person")
        known = {self.identify(_values(shift)): f"shift {shift.pk}" for shift in found}
        return {identity: subject for identity, subject in known.items() if identity in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        found = Shift.objects.filter(pk__in=refs(subjects)).select_related("person")
        return {f"shift {shift.pk}": _values(shift) for shift in found}

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        known = {f"shift {s.pk}": s for s in Shift.objects.filter(pk__in=refs(i.subject for i in items if i.subject))}
        shifts = [known[i.subject] if i.subject else Shift(office_id=scope.office) for i in items]
        for shift, item in zip(shifts, items, strict=True):
            values = {**_values(shift), **item.values} if item.subject else item.values
            shift.roster_id, shift.person_id = int(values["roster"]), int(values["person"])
            shift.starts_at, shift.ends_at = _span(values)
            shift.place = (values.get("place") or 1) - 1
            shift.rota = None  # what a list says is put on by hand, whatever a weekly rota had written there
        Shift.objects.bulk_create([shift for shift in shifts if shift.pk is None])
        Shift.objects.bulk_update(known.values(), ["ends_at", "place", "rota"], batch_size=500)
        return [f"shift {shift.pk}" for shift in shifts]

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        mine = Shift.objects.filter(pk__in=refs(subjects))
        stays = {f"shift {shift.pk}": Problem(BEGUN) for shift in mine if shift.starts_at <= scope.now}
        mine.filter(starts_at__gt=scope.now).delete()
        return stays


def _work_there(rows: Sequence[Row]) -> None:
    """Who answers for an agency works there on that day; who answers for the office works anywhere in it."""
    named = Roster.objects.filter(pk__in={row.values["roster"] for row in rows}).select_related("organisation")
    rosters = {str(roster.pk): roster for roster in named}
    held: dict[str, list[Membership]] = {}
    for membership in Membership.objects.filter(person__in={row.values["person"] for row in rows}):
        held.setdefault(str(membership.person_id), []).append(membership)
    for row in rows:
        where, day = rosters[row.values["roster"]].organisation, date.fromisoformat(row.values["day"])
        then = [m for m in held.get(row.values["person"], []) if m.since <= day and (m.until is None or m.until > day)]
        there = [m for m in then if m.organisation_id == where.pk or m.role in WHOLE_OFFICE]
        if not (then if where.kind == Organisation.Kind.OFFICE else there):
            row.refuse("name", Problem(ELSEWHERE, organisation=where.name))


def _not_off(rows: Sequence[Row]) -> None:
    """Who is ill or away then, and for whom somebody stands in, isn't put on again by the same list."""
    people = {row.values["person"] for row in rows}
    agreed = StandIn.objects.filter(Q(off__in=people, why__gt="") | Q(on__in=people), agreed=True)
    said = list(agreed.order_by("-answered_at", "-id"))
    for row in rows:
        begins, ends = _span(row.values)
        who = int(row.values["person"])
        then = [s for s in said if s.roster_id == int(row.values["roster"]) and s.since < ends and s.until > begins]
        last = next((s for s in then if s.on_id == who or (s.off_id == who and s.why)), None)  # the newest word on it
        if last and last.off_id == who:
            row.refuse("name", Problem(OFF, why=last.why, until=f"{clock.local(last.until):%m-%d %H:%M}"))


def _rosters(scope: Scope) -> QuerySet[Roster]:
    """A provider's desk fills its own rosters."""
    live = Roster.objects.filter(retired_at=None)
    return live if scope.whole else live.filter(organisation=scope.organisation)


def _at(day: date, when: time) -> datetime:
    return datetime.combine(day, when, clock.zone())


def _span(values: Values) -> tuple[datetime, datetime]:
    """An end that isn't after the beginning is on the next day."""
    day = date.fromisoformat(values["day"])
    begins, ends = (time.fromisoformat(each) for each in values["hours"])
    return _at(day, begins), _at(day + timedelta(days=int(ends <= begins)), ends)


def _values(shift: Shift) -> Values:
    begins, ends = clock.local(shift.starts_at), clock.local(shift.ends_at)
    return {
        "roster": str(shift.roster_id), "day": begins.date().isoformat(), "name": shift.person.name,
        "hours": [f"{begins:%H:%M}", f"{ends:%H:%M}"], "place": shift.place + 1, "person": str(shift.person_id),
    }  # fmt: skip
