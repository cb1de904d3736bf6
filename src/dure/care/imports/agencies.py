"""The contact network as a list: which agency answers in which dong, on which number by day and by night."""

from collections.abc import Collection, Hashable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from dure.care.imports.recipient_columns import by
from dure.care.imports.subjects import refs
from dure.imports.kinds import Column, Item, Kind, Scope, Values
from dure.people.models import Organisation, Role
from dure.places.models import Area
from dure.sheets import cells
from dure.sheets.cells import limited as upto
from dure.sheets.phones import phone_or_short
from dure.sheets.problems import N_, Problem

STAYS = N_("An agency stays on the record. Correct its numbers by hand.")
KINDS: dict[str, list[str]] = {
    Organisation.Kind.CENTRE: ["동 행정복지센터", "행정복지센터", "주민센터", "동"],
    Organisation.Kind.PROVIDER: ["수행기관", "복지관", "제공기관"],
    Organisation.Kind.HOSPITAL: ["병원", "의원", "보건소"],
    Organisation.Kind.AGENCY: ["기타 기관", "기타", "소방서", "경찰", "지구대", "유관기관"],
}


class Agencies(Kind):
    """Agencies are known again by what they are and their name."""

    title = _("Contact network")
    roles = (Role.OFFICER, Role.ADMIN)

    def columns(self, scope: Scope) -> Sequence[Column]:
        areas = {str(area.pk): [area.name] for area in Area.objects.filter(until=None)}
        called = by("주간전화 전화 전화번호 연락처 대표전화 주간연락처")
        return [
            Column("name", _("Agency"), upto(100), by("기관 기관명 명칭"), must=True, hint="첨단1동 행정복지센터"),
            Column("kind", _("What it is"), cells.choice(KINDS), by("구분 기관구분 유형"), must=True, words=KINDS),
            Column("dong", _("Dong"), cells.choice(areas), by("행정동 동 관할 관할동")),
            Column("phone", _("Number by day"), phone_or_short, called, hint="062-123-4567"),
            Column("night_phone", _("Number by night"), phone_or_short, by("야간전화 야간연락처 당직실 휴일전화")),
        ]

    def identify(self, values: Values) -> Hashable | None:
        return (values["kind"], values["name"]) if values.get("kind") and values.get("name") else None

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        known = Organisation.objects.values_list("kind", "name", "ref")
        return {(kind, name): f"organisation {ref}" for kind, name, ref in known if (kind, name) in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        return {
            f"organisation {o.ref}": {
                "name": o.name, "kind": o.kind, "dong": str(o.area_id) if o.area_id else None,
                "phone": o.phone or None, "night_phone": o.night_phone or None,
            }
            for o in Organisation.objects.filter(ref__in=refs(subjects))
        }  # fmt: skip

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        ours = Organisation.objects.filter(ref__in=refs(i.subject for i in items if i.subject))
        known = {f"organisation {o.ref}": o for o in ours}
        agencies = [known[i.subject] if i.subject else Organisation(office_id=scope.office) for i in items]
        for agency, item in zip(agencies, items, strict=True):
            for key in {"name", "kind", "phone", "night_phone"} & item.values.keys():
                setattr(agency, key, item.values[key] or "")
            if "dong" in item.values:
                agency.area_id = int(item.values["dong"]) if item.values["dong"] else None
        Organisation.objects.bulk_create([agency for agency in agencies if agency.pk is None])
        Organisation.objects.bulk_update(known.values(), ["phone", "night_phone", "area"], batch_size=500)
        return [f"organisation {agency.ref}" for agency in agencies]

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        return {subject: Problem(STAYS) for subject in subjects}
