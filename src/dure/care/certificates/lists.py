"""A list of certificates from a spreadsheet: who was examined or trained, when, for how many hours."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.care.certificates import actions
from dure.care.certificates.actions import New
from dure.care.certificates.models import WORK, Certificate, Kind
from dure.care.imports.recipient_columns import by
from dure.care.imports.subjects import refs
from dure.imports import kinds
from dure.imports.kinds import Column, Item, Row, Scope, Values
from dure.people.models import Membership, Person
from dure.sheets import cells, dates
from dure.sheets.phones import digits_of, phone
from dure.sheets.problems import N_, Problem

NOBODY = N_("Nobody of this name works here. Look at the name, or take the person in first.")
WHO = N_("Several people have this name. Write the phone number of the one who is meant, too.")
TO_COME = N_("This day hasn't come yet. Look at the date.")
HOURS = N_("Say how many hours the training had.")
DAYS = "일자 검진일 진단일 교육일 이수일 날짜"
WORDS = {
    Kind.HEALTH: ["건강진단결과서", "보건증", "건강진단"],
    Kind.HYGIENE: ["위생교육", "식품위생교육", "위생"],
}


class Certificates(kinds.Kind):
    """A certificate is known again by person, kind and day."""

    title = gettext_lazy("Certificates")

    def columns(self, scope: Scope) -> Sequence[Column]:
        mine = Kind.objects.filter(office=scope.office, retired_at=None)
        ways = {str(kind.pk): WORDS.get(kind.code, [kind.name]) for kind in mine}
        hours = cells.number(0.5, 100, whole=False)
        return [
            Column("name", _("Name"), cells.name, by("성명 이름 종사자 종사자명"), must=True, hint="홍길동"),
            Column("phone", _("Phone"), phone, by("휴대전화 연락처 전화 전화번호 휴대폰")),
            Column("kind", _("Certificate"), cells.choice(ways), by("구분 종류 자격 교육명"), must=True, words=ways),
            Column("day", _("Day"), dates.day, by(DAYS), must=True, hint="2026-03-10"),
            Column("hours", _("Hours"), hours, by("시간 교육시간 이수시간"), hint="3"),
        ]  # fmt: skip

    def identify(self, values: Values) -> Hashable | None:
        keys = values.get("name"), values.get("kind"), values.get("day")
        return (*keys, digits_of(values.get("phone") or "")) if all(keys) else None

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        """Who is meant by the name, whether the day has been, and hours where they are counted."""
        named: dict[str, list[Person]] = {}
        for person in self._people(scope, {row.values["name"] for row in rows}):
            named.setdefault(person.name, []).append(person)
        of_law = {kind.code: str(kind.pk) for kind in Kind.objects.filter(office=scope.office).exclude(code="")}
        for row in rows:
            people, number = named.get(row.values["name"], []), digits_of(row.values.get("phone") or "")
            if len(people) > 1 and number:
                people = [person for person in people if digits_of(person.phone) == number]
            if len(people) != 1:
                row.refuse("name", Problem(WHO if people else NOBODY))
            if date.fromisoformat(row.values["day"]) > scope.today:
                row.refuse("day", Problem(TO_COME))
            if row.values["kind"] == of_law.get(Kind.HEALTH):
                row.values.pop("hours", None)  # an examination has none
            if row.values["kind"] == of_law.get(Kind.HYGIENE) and not row.values.get("hours"):
                row.refuse("hours", Problem(HOURS))

    def _people(self, scope: Scope, names: Collection[str]) -> Sequence[Person]:
        """Whom a list may be about: a provider's list about its own people."""
        held = Membership.objects.on(scope.today).filter(office=scope.office, role__in=WORK)
        held = held.filter(organisation__kind="provider")
        if scope.organisation is not None:
            held = held.filter(organisation=scope.organisation)
        mine = Person.objects.filter(pk__in=held.values("person"), name__in=names, left_at=None)
        return list(mine.order_by("pk"))

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        names = {identity[0] for identity in wanted if isinstance(identity, tuple)}
        people = self._people(scope, names)
        found: dict[Hashable, str] = {}
        for each in self._known().filter(person__in=people):
            key = (each.person.name, str(each.kind_id), each.day.isoformat())
            found[(*key, digits_of(each.person.phone))] = f"certificate {each.ref}"
            if [person.name for person in people].count(each.person.name) == 1:
                found[(*key, "")] = f"certificate {each.ref}"
        return {identity: subject for identity, subject in found.items() if identity in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        return {
            f"certificate {each.ref}": {
                "name": each.person.name, "phone": each.person.phone or None, "kind": str(each.kind_id),
                "day": each.day.isoformat(), "hours": float(each.hours) if each.hours else None,
            }
            for each in self._known().filter(ref__in=refs(subjects))
        }  # fmt: skip

    def _known(self) -> QuerySet[Certificate]:
        return Certificate.objects.filter(withdrawn_at=None).select_related("person")

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        known = {f"certificate {c.ref}": c for c in Certificate.objects.filter(
            ref__in=refs(i.subject for i in items if i.subject))}  # fmt: skip
        made = iter(self._enter(scope, [item for item in items if item.subject is None]))
        changed = []
        for item in items:
            if item.subject and "hours" in item.values:
                hours = item.values["hours"]
                known[item.subject].hours = Decimal(str(hours)) if hours else None
                changed.append(known[item.subject])
        actions.correct_hours(changed, by=scope.by, now=scope.now)
        return [item.subject or f"certificate {next(made).ref}" for item in items]

    def _enter(self, scope: Scope, items: Sequence[Item]) -> list[Certificate]:
        kinds_of = {str(kind.pk): kind for kind in Kind.objects.filter(office=scope.office)}
        people = self._people(scope, {item.values["name"] for item in items})
        new = []
        for item in items:
            said = item.values
            mine = [person for person in people if person.name == said["name"]]
            number = digits_of(said.get("phone") or "")
            [who] = mine if len(mine) == 1 else [p for p in mine if digits_of(p.phone) == number]
            kind, hours = kinds_of[said["kind"]], said.get("hours")
            hours = None if kind.code == Kind.HEALTH or not hours else Decimal(str(hours))
            new.append(New(who, kind, date.fromisoformat(said["day"]), hours))
        return actions.enter_all(new, by=scope.by, now=scope.now)

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        mine = Certificate.objects.filter(ref__in=refs(subjects), withdrawn_at=None)
        actions.withdraw(list(mine), why=_("The list was taken back."), by=scope.by, now=scope.now)
        return {}
