"""A kind of list to test with: the people of an organisation, known again by name and phone. All are invented."""

import uuid
from collections.abc import Collection, Hashable, Mapping, Sequence

from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.people.models import Person
from dure.sheets import cells, dates, phones
from dure.sheets.problems import Problem


class Staff(Kind):
    title = "종사자 명단"

    def columns(self, scope: Scope) -> Sequence[Column]:
        posts = {"driver": ["배달", "배송"], "cook": ["조리", "조리원"]}
        return [
            Column("name", "성명", cells.name, ["이름", "종사자"], must=True, hint="홍길동"),
            Column("phone", "휴대전화", phones.phone, ["연락처", "전화"], must=True, hint="010-1234-5678"),
            Column("post", "직무", cells.choice(posts), ["담당"], words=posts),
            Column("born", "생년월일", dates.birth_date(scope.today), ["생일"]),
            Column("days", "근무 요일", dates.weekdays, ["요일"]),
            Column("certificate", "보건증 만료일", dates.day, ["보건증"]),
            Column("own_car", "자차", cells.yes_no, ["차량"]),
            Column("capacity", "최대 인원", cells.number(1, 60, unit="명")),
            Column("from_to", "근무 시간", dates.hours),
            Column("note", "비고", cells.limited(40)),
        ]

    def identify(self, values: Values) -> Hashable | None:
        found = values.get("name"), values.get("phone")
        return found if all(found) else None

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        known = Person.objects.filter(left_at=None, phone__in=[phone for _, phone in wanted])  # type: ignore[misc]
        return {(p.name, p.phone): f"person {p.ref}" for p in known if (p.name, p.phone) in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        people = Person.objects.filter(left_at=None, ref__in=[s.split()[1] for s in subjects])
        return {f"person {p.ref}": {"name": p.name, "phone": p.phone, "post": p.post} for p in people}

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        new, subjects, changed = [], [], []
        known = {
            f"person {p.ref}": p
            for p in Person.objects.filter(ref__in=[i.subject.split()[1] for i in items if i.subject])
        }
        for item in items:
            if item.subject:
                person = known[item.subject]
                changed.append(person)
            else:
                person = Person(office_id=scope.office, username=str(uuid.uuid4()), password="!")
                new.append(person)
            for key in ("name", "phone", "post"):
                if key in item.values:
                    setattr(person, key, item.values[key])
            subjects.append(f"person {person.ref}")
        Person.objects.bulk_create(new)
        Person.objects.bulk_update(changed, ["name", "phone", "post"], batch_size=1000)
        return subjects

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        people = Person.objects.filter(ref__in=[s.split()[1] for s in subjects])
        stays = {f"person {p.ref}": Problem("Drives today.") for p in people if p.name.startswith("운")}
        people.exclude(name__startswith="운").update(left_at=scope.now)
        return stays

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.values.get("post") == "driver" and row.values.get("own_car") is False:
                row.refuse("own_car", Problem("A driver without a car."))
