"""Lists that the office gets from elsewhere: how many live in each dong, and who may be in need.

Of people only what is needed to find them is taken in: name, birth, phone, address, dong, and what the list says.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dure.care.imports.recipient_columns import by
from dure.care.imports.subjects import refs
from dure.care.support.models import Lead, Population
from dure.imports.keeping import plain
from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.people.models import Role
from dure.places.models import Area
from dure.sheets import cells, dates
from dure.sheets.cells import limited as upto
from dure.sheets.phones import phone
from dure.sheets.problems import N_, Problem

MOST = 10_000_000
MORE_ALONE = N_("More live alone than live there at all. Look at the two numbers.")
SAID_ALREADY = N_("Somebody has entered already what came of it.")
NO_WAY = N_("Neither phone nor address: nobody can be found by this. Fill in one of them.")


def _dongs() -> dict[str, list[str]]:
    return {str(area.pk): [area.name] for area in Area.objects.filter(until=None)}


class Populations(Kind):
    """A dong's population of a day is known again by both."""

    title = _("Population of the dongs")
    roles = (Role.OFFICER, Role.ADMIN)

    def columns(self, scope: Scope) -> Sequence[Column]:
        dongs, people = _dongs(), cells.number(0, MOST, unit="명")
        all_of_them, alone = _("Persons of 65 and older"), _("Of these living alone")
        return [
            Column("dong", _("Dong"), cells.choice(dongs), by("행정동 동 동명 읍면동"), must=True, words=dongs),
            Column("on", _("As of"), dates.day, by("기준일 기준일자 기준"), must=True, hint="2026-10-31"),
            Column("persons", all_of_them, people, by("65세이상 노인인구 65세이상인구 고령인구"), must=True),
            Column("alone", alone, people, by("독거 독거노인 1인가구 노인1인가구 홀로사는노인"), must=True),
            Column("source", _("Source"), upto(200), by("출처 자료출처"), must=True, hint="주민등록 인구통계"),
        ]

    def identify(self, values: Values) -> Hashable | None:
        return (values["dong"], values["on"]) if values.get("dong") and values.get("on") else None

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        """Who lives alone is one of all."""
        for row in rows:
            if (row.values.get("alone") or 0) > (row.values.get("persons") or 0):
                row.refuse("alone", Problem(MORE_ALONE))

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        kept = Population.objects.values_list("pk", "area_id", "on")
        return {key: f"population {pk}" for pk, area, on in kept if (key := (str(area), plain(on))) in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        return {
            f"population {p.pk}": {
                "dong": str(p.area_id), "on": plain(p.on), "persons": p.persons, "alone": p.alone, "source": p.source,
            }
            for p in Population.objects.filter(pk__in=refs(subjects))
        }  # fmt: skip

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        old = Population.objects.filter(pk__in=refs(i.subject for i in items if i.subject))
        known = {f"population {p.pk}": p for p in old}
        told = [known[i.subject] if i.subject else _told(scope) for i in items]
        for each, item in zip(told, items, strict=True):
            for key in {"persons", "alone", "source"} & item.values.keys():
                setattr(each, key, item.values[key] or 0)
            if "dong" in item.values:
                each.area_id, each.on = int(item.values["dong"]), date.fromisoformat(item.values["on"])
        Population.objects.bulk_create([each for each in told if each.pk is None])
        Population.objects.bulk_update(known.values(), ["persons", "alone", "source"], batch_size=500)
        return [f"population {each.pk}" for each in told]

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        Population.objects.filter(pk__in=refs(subjects)).delete()
        return {}


def _told(scope: Scope) -> Population:
    return Population(office_id=scope.office, entered_at=scope.now, entered_by=scope.by)


class Leads(Kind):
    """Somebody on a list is known again by name and date of birth, or else by the phone, until they were looked for."""

    title = _("List of persons who may be in need")
    roles = (Role.OFFICER, Role.ADMIN)

    def columns(self, scope: Scope) -> Sequence[Column]:
        dongs, born = _dongs(), dates.birth_date(scope.today)
        number = by("전화 전화번호 연락처 휴대폰 휴대전화")
        return [
            Column("name", _("Name"), cells.name, by("성명 이름 대상자 대상자명 세대주"), must=True, hint="홍길동"),
            Column("born_on", _("Date of birth"), born, by("생년월일 생일 주민번호앞자리"), hint="1941-03-05"),
            Column("phone", _("Phone"), phone, number, hint="010-1234-5678"),
            Column("dong", _("Dong"), cells.choice(dongs), by("행정동 동 동명 읍면동"), must=True, words=dongs),
            Column("address", _("Address"), upto(200), by("주소 거주지 도로명주소")),
            Column("detail", _("What the list says"), upto(100), by("위기정보 사유 내용 구분 변수"), hint="단전"),
        ]

    def identify(self, values: Values) -> Hashable | None:
        if values.get("name") and values.get("born_on"):
            return (values["name"], values["born_on"])
        return values.get("phone")

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        """Who has neither phone nor address can't be found."""
        for row in rows:
            if not row.values.get("phone") and not row.values.get("address"):
                row.refuse("phone", Problem(NO_WAY))

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        found: dict[Hashable, str] = {}
        for ref, name, born, number in _open().values_list("ref", "name", "born_on", "phone"):
            found[(name, plain(born)) if born else number] = f"lead {ref}"
        return {key: subject for key, subject in found.items() if key in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        return {
            f"lead {lead.ref}": {
                "name": lead.name, "born_on": plain(lead.born_on), "phone": lead.phone or None,
                "dong": str(lead.area_id), "address": lead.address or None, "detail": lead.detail or None,
            }
            for lead in _open().filter(ref__in=refs(subjects))
        }  # fmt: skip

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        known = {f"lead {x.ref}": x for x in _open().filter(ref__in=refs(i.subject for i in items if i.subject))}
        leads = [known[i.subject] if i.subject else _lead(scope) for i in items]
        for lead, item in zip(leads, items, strict=True):
            for key in {"name", "phone", "address", "detail"} & item.values.keys():
                setattr(lead, key, item.values[key] or "")
            if born := item.values.get("born_on"):
                lead.born_on = date.fromisoformat(born)
            if "dong" in item.values:
                lead.area_id = int(item.values["dong"])
        Lead.objects.bulk_create([lead for lead in leads if lead.pk is None])
        Lead.objects.bulk_update(known.values(), ["phone", "address", "detail", "area"], batch_size=500)
        return [f"lead {lead.ref}" for lead in leads]

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        """Who was looked for already stays on the record."""
        mine = Lead.objects.filter(ref__in=refs(subjects))
        stays = {f"lead {ref}": Problem(SAID_ALREADY) for ref in mine.exclude(result="").values_list("ref", flat=True)}
        mine.filter(result="").delete()
        return stays


def _open() -> QuerySet[Lead]:
    return Lead.objects.filter(why=Lead.Why.LISTED, result="")


def _lead(scope: Scope) -> Lead:
    return Lead(office_id=scope.office, why=Lead.Why.LISTED, entered_at=scope.now, entered_by=scope.by)
