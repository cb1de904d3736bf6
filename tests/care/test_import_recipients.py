"""A list of recipients, from the office's workbook into the office and back."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from dure.care.discretion.actions import not_to_be_told
from dure.care.imports.recipients import Recipients
from dure.care.models import Contact, MealPlan, OtherService, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.imports import actions
from dure.imports.keeping import spoken
from dure.imports.kinds import Scope
from dure.imports.models import Upload
from dure.imports.planning import cell_name
from dure.people.models import Organisation
from dure.places.models import Place
from dure.sheets.write import Column, Page, write

from .. import make

pytestmark = pytest.mark.django_db
HEADER = (
    "연번", "성명", "생년월일", "성별", "연락처", "주소", "행정동", "위험도", "건강상태", "식이", "알레르기",
    "보호자", "관계", "보호자 연락처", "이용 중인 서비스", "무응답 시 대응", "코스", "배달순서", "급식요일", "점심",
    "저녁", "비고",
)  # fmt: skip
HONG = [
    1, "홍길동", "1941.3.5", "남", "01000001234", "첨단중앙로 10", "첨단1동", "적", "고혈압", "저염식", "",
    "홍영희", "딸", "010-0000-4321", "방문요양, 주야간보호(중단)", "옆집 101호에 먼저 확인", "1코스", 3, "월수금",
    "11:40", "", "",
]  # fmt: skip
LIM = [2, "임꺽정", "380102", "남", "010-0000-2345", "광산구 송정로 3 (송정2동)", *[""] * 12, "평일", "", "17:30", ""]


@pytest.fixture
def scope() -> Scope:
    office = make.office()
    for name in ("첨단1동", "송정2동"):
        area = make.area(office, name)
        make.organisation(office, "centre", f"{name} 행정복지센터", area=area)
    make.organisation(office, "provider", "한빛복지관")
    make.organisation(office, "provider", "새날센터")
    return Scope(make.person(office), None, make.NOON, make.DAY)


def taken(scope: Scope, *rows: list[Any], title: str = "2026년 식사지원 대상자 명단 (한빛복지관)") -> Upload:
    content = write([Page("명단", [Column(name) for name in HEADER], rows, title=title)])
    return actions.take_in("recipients", Recipients(), scope, "명단.xlsx", content)


def applied(scope: Scope, *rows: list[Any]) -> Upload:
    upload = taken(scope, *rows)
    of = Scope(scope.by, upload.organisation, scope.now, scope.today)
    plan = actions.look(upload, Recipients(), of)
    assert [(cell_name(i, each.row.number), spoken(p)) for each in plan.refused for i, p in each.wrong] == []
    actions.apply(upload, Recipients(), of, digest=plan.digest, whole=True)
    upload.refresh_from_db()
    return upload


def with_(row: list[Any], **changed: Any) -> list[Any]:
    return [changed.get(name, value) for name, value in zip(HEADER, row, strict=True)]


def test_everything_that_the_list_says_is_kept(scope):
    upload = applied(scope, HONG, LIM)

    assert upload.organisation is not None and upload.organisation.name == "한빛복지관"
    hong = Recipient.objects.get(name="홍길동")
    assert (hong.born_on, hong.sex, hong.phone, hong.tier) == (date(1941, 3, 5), "m", "010-0000-1234", "red")
    assert (hong.health, hong.diet, hong.planned_response) == ("고혈압", "저염식", "옆집 101호에 먼저 확인")
    assert (str(hong.provider), str(hong.centre), str(hong.place.area)) == (
        "한빛복지관",
        "첨단1동 행정복지센터",
        "첨단1동",
    )
    assert (str(hong.route), hong.route_order, hong.started_on) == ("1코스", 3, make.DAY)
    assert list(hong.contacts.values_list("name", "relation", "phone")) == [("홍영희", "딸", "010-0000-4321")]
    assert list(hong.services.order_by("id").values_list("service", "stopped_on")) == [
        ("방문요양", None),
        ("주야간보호", make.DAY),
    ]
    tomorrow = make.DAY + timedelta(days=1)
    assert list(hong.meals.order_by("weekday").values_list("weekday", "meal", "by_time", "since")) == [
        (day, "lunch", time(11, 40), tomorrow) for day in (0, 2, 4)
    ]
    lim = Recipient.objects.get(name="임꺽정")
    assert str(lim.centre) == "송정2동 행정복지센터"  # found in the address
    assert set(lim.meals.values_list("weekday", "meal")) == {(day, "dinner") for day in range(5)}


def test_the_list_of_next_month_changes_what_is_different(scope):
    applied(scope, HONG, LIM)
    Contact.objects.update(tested_at=make.NOON)
    changed = with_(HONG, 위험도="황", 급식요일="월~금", **{"보호자 연락처": "010-0000-9999"})

    upload = applied(scope, changed, LIM)

    assert list(upload.changes.values_list("action", flat=True)) == ["updated", "unchanged"]
    assert Recipient.objects.count() == 2
    hong = Recipient.objects.get(name="홍길동")
    assert hong.tier == "amber" and hong.health == "고혈압"
    assert set(hong.meals.filter(until=None).values_list("weekday", flat=True)) == {0, 1, 2, 3, 4}
    assert [(c.name, c.relation, c.phone, c.tested_at) for c in hong.contacts.all()] == [
        ("홍영희", "딸", "010-0000-9999", None)  # another number: not tested yet
    ]


def test_undoing_the_first_list_leaves_nothing(scope):
    upload = applied(scope, HONG, LIM)

    actions.undo(upload, Recipients(), scope)

    for model in (Recipient, Place, Contact, OtherService, MealPlan):
        assert not model._default_manager.exists()
    assert not any(change.stays for change in upload.changes.all())


def test_undoing_a_change_brings_back_what_was_there(scope):
    applied(scope, HONG)
    before = Recipients().current(scope, _subjects())
    first, services = with_(HONG, 저녁="17:00", 알레르기="우유", 위험도="녹"), "방문요양"
    upload = applied(scope, with_(first, **{"이용 중인 서비스": services, "관계": "며느리"}))
    assert Recipients().current(scope, _subjects()) != before

    actions.undo(upload, Recipients(), scope)

    assert Recipients().current(scope, _subjects()) == before


def test_what_was_entered_by_hand_since_stays(scope):
    upload = applied(scope, HONG, LIM)
    Recipient.objects.filter(name="임꺽정").update(allergies="땅콩")

    actions.undo(upload, Recipients(), scope)

    assert list(Recipient.objects.values_list("name", flat=True)) == ["임꺽정"]
    assert [change.row for change in upload.changes.all() if change.stays] == [5]


def test_days_that_were_opened_since_hold_nobody_on_a_list_that_is_taken_back(scope):
    upload = applied(scope, HONG, LIM)
    MealPlan.objects.update(since=scope.today)
    for name in ("visit", "case"):
        make.ladder(scope.by.office, scope.by, name=name)
    monday = scope.now - timedelta(hours=6)
    open_day(scope.office, scope.today, now=monday)
    seen = Visit.objects.filter(recipient__name="임꺽정").first()
    assert seen and Visit.objects.filter(recipient__name="홍길동").exists()
    Visit.objects.filter(pk=seen.pk).update(outcome="seen_well", reported_at=scope.now)

    actions.undo(upload, Recipients(), scope)

    hong, lim = Recipient.objects.get(name="홍길동"), Recipient.objects.get(name="임꺽정")
    assert (hong.ended_on, lim.ended_on) == (scope.today, None)
    assert not Visit.objects.filter(recipient=hong, duty__closed_at=None).exists()
    assert {v.excused_why for v in Visit.objects.filter(recipient=hong)} == {"the list was taken back"}
    assert [change.row for change in upload.changes.all() if change.stays] == [5]
    open_day(scope.office, scope.today, now=monday)
    assert not Visit.objects.filter(recipient=hong, duty__closed_at=None).exists()

    applied(scope, HONG)  # the mended list brings him as somebody new
    assert Recipient.objects.filter(name="홍길동", ended_on=None).count() == 1


@pytest.mark.parametrize(
    ("changed", "cell", "says"),
    [
        ({"행정동": "", "주소": "어딘가 1"}, "G4", "동이 없"),
        ({"행정동": "상무1동"}, "G4", "다음 중에서"),
        ({"보호자 연락처": ""}, "N4", "전화번호가 없"),
        ({"보호자": ""}, "L4", "이름이 없"),
        ({"급식요일": ""}, "S4", "비어"),
    ],
)
def test_what_a_recipient_cannot_be_without(scope, changed, cell, says):
    upload = taken(scope, with_(HONG, **changed))
    of = Scope(scope.by, upload.organisation, scope.now, scope.today)
    plan = actions.look(upload, Recipients(), of)
    found = [(cell_name(i, each.row.number), spoken(p)) for each in plan.refused for i, p in each.wrong]
    assert len(found) == 1 and found[0][0] == cell and says in found[0][1]


def test_a_list_without_a_provider_is_asked_whose_it_is(scope):
    upload = taken(scope, HONG, title="명단")
    plan = actions.look(upload, Recipients(), scope)
    assert "수행기관" in spoken(plan.refused[0].wrong[0][1])


def test_a_course_belongs_to_its_provider(scope):
    other = Organisation.objects.get(name="새날센터")
    Route.objects.create(office=scope.by.office, provider=other, name="1코스")
    applied(scope, HONG)
    assert Route.objects.filter(name="1코스").count() == 2


def test_a_recipient_moves_to_another_provider_with_the_course_of_that_name(scope):
    applied(scope, HONG)
    content = taken(scope, HONG, title="새날센터 명단")
    of = Scope(scope.by, content.organisation, scope.now, scope.today)
    plan = actions.look(content, Recipients(), of)
    assert [(key) for key, _, _ in plan.rows[0].differs] == ["provider"]
    actions.apply(content, Recipients(), of, digest=plan.digest, whole=True)
    hong = Recipient.objects.get(name="홍길동")
    assert (str(hong.provider), hong.route and hong.route.provider) == ("새날센터", hong.provider)


def _subjects() -> set[str]:
    return {f"recipient {ref}" for ref in Recipient.objects.values_list("ref", flat=True)}


def test_whose_meals_begin_in_ten_years_would_be_forgotten(scope):
    header = [Column("개시일" if name == "비고" else name) for name in HEADER]
    rows = [with_(HONG, 비고="2036-11-24"), with_(LIM, 비고="2026-12-01")]
    content = write([Page("명단", header, rows, title="2026년 식사지원 대상자 명단 (한빛복지관)")])
    upload = actions.take_in("recipients", Recipients(), scope, "명단.xlsx", content)
    plan = actions.look(upload, Recipients(), Scope(scope.by, upload.organisation, scope.now, scope.today))
    [(cell, said)] = [(cell_name(i, each.row.number), spoken(p)) for each in plan.refused for i, p in each.wrong]
    assert (cell, "1년보다 뒤" in said) == ("V4", True)


def test_a_contact_who_isn_t_to_be_told_costs_nobody_else_their_place(scope):
    applied(scope, HONG)
    recipient, first = Recipient.objects.get(), Contact.objects.get()
    Contact.objects.create(
        office_id=scope.office, recipient=recipient, order=2, name="이웃", phone="010-0000-9999", has_key=True
    )
    not_to_be_told(first, "x", by=scope.by, now=scope.now)
    applied(scope, HONG)
    found = Contact.everybody.filter(recipient=recipient).order_by("order")
    assert [(c.name, c.has_key, bool(c.untold_at)) for c in found] == [
        (first.name, first.has_key, True), ("이웃", True, False),
    ]  # fmt: skip
