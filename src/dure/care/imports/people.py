"""A list of who works where: workers, providers' desks, officers. A log-in is given to each by hand afterwards."""

import uuid
from collections.abc import Collection, Hashable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from dure.care.imports.recipient_columns import by
from dure.care.imports.subjects import refs
from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.people.models import Address, Channel, Membership, Organisation, Person, Role
from dure.sheets import cells
from dure.sheets.cells import limited as upto
from dure.sheets.phones import phone
from dure.sheets.problems import N_, Problem

WHERE = N_("Where this person works isn't said. Fill in the organisation, or choose whose list it is at the upload.")
NOT_YOURS = N_("In a provider's list only its own workers and its own desk can stand.")
NO_MAIL = N_("'%(value)s' is not an e-mail address. Write it like name@example.go.kr.")
ROLES: dict[str, list[str]] = {
    Role.WORKER: ["배달·현장 종사자", "배달", "종사자", "배달원", "생활지원사", "현장"],
    Role.PROVIDER: ["수행기관 담당자", "수행기관", "기관 담당자", "사회복지사", "전담인력"],
    Role.CENTRE: ["동 담당자", "동", "동 행정복지센터"],
    Role.OFFICER: ["담당 공무원", "공무원", "구청 담당자", "군청 담당자"],
}


class People(Kind):
    """People are known again by name and phone. An administrator is never made by a list."""

    title = _("List of workers and staff")

    def columns(self, scope: Scope) -> Sequence[Column]:
        found = {str(o.pk): [o.name] for o in Organisation.objects.all()}
        where, what = cells.choice(found), cells.choice(ROLES)
        called = by("휴대전화 연락처 전화 전화번호 휴대폰 핸드폰")
        return [
            Column("name", _("Name"), cells.name, by("성명 이름 종사자 종사자명"), must=True, hint="홍길동"),
            Column("phone", _("Phone"), phone, called, must=True, hint="010-1234-5678"),
            Column("organisation", _("Works at"), where, by("소속 기관 기관명 수행기관"), words=found),
            Column("role", _("Work"), what, by("직무 역할 구분 담당업무"), words=ROLES),
            Column("post", _("Post"), upto(60), by("직위 직급 직책")),
            Column("email", _("E-mail"), upto(200), by("이메일 전자우편 메일")),
        ]

    def identify(self, values: Values) -> Hashable | None:
        return (values["name"], values["phone"]) if values.get("name") and values.get("phone") else None

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:
        """Where each works; a provider's desk enters its own people only."""
        mine = str(scope.organisation.pk) if scope.organisation else None
        for row in rows:
            where, role = row.values.get("organisation", mine), row.values.setdefault("role", str(Role.WORKER))
            if where is None:
                row.refuse("organisation", Problem(WHERE))
                continue
            row.values["organisation"] = where
            if not scope.whole and (where != mine or role not in (Role.WORKER, Role.PROVIDER)):
                row.refuse("organisation", Problem(NOT_YOURS))
            mail = row.values.get("email")
            if mail and ("@" not in mail or " " in mail):
                row.refuse("email", Problem(NO_MAIL, value=mail))

    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        names = {identity[0] for identity in wanted if isinstance(identity, tuple)}
        known = Person.objects.filter(left_at=None, name__in=names).values_list("name", "phone", "ref")
        return {(name, phone): f"person {ref}" for name, phone, ref in known if (name, phone) in wanted}

    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        people = list(Person.objects.filter(left_at=None, ref__in=refs(subjects)))
        held = Membership.objects.on(scope.today).filter(person__in=people).order_by("-since", "-id")
        where = {m.person_id: (str(m.organisation_id), m.role) for m in reversed(held)}
        mails = Address.objects.filter(person__in=people, channel=Channel.EMAIL, dead_at=None).order_by("-id")
        mail = {address.person_id: address.value for address in reversed(mails)}
        return {
            f"person {p.ref}": {
                "name": p.name, "phone": p.phone or None, "post": p.post or None, "email": mail.get(p.pk),
                "organisation": where.get(p.pk, (None, None))[0], "role": where.get(p.pk, (None, None))[1],
            }
            for p in people
        }  # fmt: skip

    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        known = {
            f"person {p.ref}": p for p in Person.objects.filter(ref__in=refs(i.subject for i in items if i.subject))
        }
        before = self.current(scope, set(known))
        pairs = [(known[i.subject] if i.subject else _new(scope), i.values) for i in items]
        for person, values in pairs:
            for key in {"name", "phone", "post"} & values.keys():
                setattr(person, key, values[key] or "")
        Person.objects.bulk_create([person for person, _ in pairs if person.pk is None])
        Person.objects.bulk_update(known.values(), ["name", "phone", "post"], batch_size=500)
        for person, values in pairs:
            kept = before.get(f"person {person.ref}", {})
            changed = {key: value for key, value in values.items() if kept.get(key) != value}
            _move(scope, person, {**kept, **values}, changed)
        return [f"person {person.ref}" for person, _ in pairs]

    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        """Who was entered by mistake leaves again: the account ends, the record stays."""
        Person.objects.filter(ref__in=refs(subjects)).update(left_at=scope.now)
        return {}


def _new(scope: Scope) -> Person:
    person = Person(office_id=scope.office, username=f"new-{uuid.uuid4().hex[:12]}")
    person.set_unusable_password()
    return person


def _move(scope: Scope, person: Person, values: Values, changed: Values) -> None:
    """Another place of work, another number, another address: what was ends, what is now begins today."""
    if {"organisation", "role"} & changed.keys() and values.get("organisation"):
        Membership.objects.on(scope.today).filter(person=person).update(until=scope.today)
        Membership.objects.create(
            office_id=scope.office, person=person, organisation_id=int(values["organisation"]), role=values["role"],
            since=scope.today,
        )  # fmt: skip
    for key, channel in (("phone", Channel.SMS), ("email", Channel.EMAIL)):
        if key in changed:
            Address.objects.filter(person=person, channel=channel, dead_at=None).update(
                dead_at=scope.now, dead_why=Address.Dead.ENDED
            )
        if changed.get(key):
            Address.objects.update_or_create(
                office_id=scope.office, person=person, channel=channel, value=changed[key],
                defaults={"dead_at": None, "dead_why": ""},
            )  # fmt: skip
