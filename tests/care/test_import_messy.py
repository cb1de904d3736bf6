"""Lists as offices really have them: what is certain is taken in as it is true, all else is asked at its cell."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from dure.care.imports import KINDS
from dure.care.models import Contact, MealPlan, Recipient
from dure.imports import actions
from dure.imports.keeping import spoken, unpack
from dure.imports.kinds import Scope
from dure.imports.models import Upload
from dure.imports.planning import Plan, cell_name
from dure.imports.shown import Preview
from dure.sealing import rotating
from dure.sealing.box import is_sealed, unseal
from dure.sealing.fields import where_of
from dure.sheets.write import Column, Page, write

from .. import make
from .messy import DONGS, PROVIDERS, TRUTH, Messy, dong, metro, provider, wanted

pytestmark = pytest.mark.django_db
KIND = KINDS["recipients"]
HEADER = [
    "성명",
    "생년월일",
    "성별",
    "주소",
    "행정동",
    "급식요일",
    "저녁",
    "보호자",
    "관계",
    "보호자 연락처",
    "중지",
    "수행기관",
    "비고",
]
KIM = [
    "김하나",
    "1941.3.5",
    "여",
    "가길 1",
    "첨단1동",
    "월~금",
    "17:30",
    "김보호",
    "딸",
    "010-0000-0001",
    "",
    "한빛복지관",
    "",
]


@pytest.fixture
def scope() -> Scope:
    office = make.office()
    for name in DONGS:
        make.organisation(office, "centre", f"{name} 행정복지센터", area=make.area(office, name))
    for name in PROVIDERS:
        make.organisation(office, "provider", name)
    return Scope(make.person(office), None, make.NOON, make.DAY)


def of(scope: Scope, upload: Upload) -> Scope:
    return Scope(scope.by, upload.organisation, scope.now, scope.today)


def sheets(scope: Scope, book: Messy) -> Iterator[tuple[str, Upload, Plan]]:
    """The list as it is brought in, sheet by sheet, with the columns that a person chooses."""
    upload = actions.take_in("recipients", KIND, scope, book.name, book.content)
    numbers = [i for i, sheet in enumerate(unpack(upload.tables)) if not sheet.hidden]
    for number in numbers:
        mine = upload if number == upload.sheet else actions.another_sheet(upload, KIND, of(scope, upload), number)
        sheet, header = actions.table(mine)
        chosen = {i: mine.mapping.get(str(i)) or book.columns.get(name, "") for i, name in enumerate(header.names)}
        actions.choose_columns(mine, KIND.columns(scope), chosen)
        yield sheet.name, mine, actions.look(mine, KIND, of(scope, mine))


def kept(scope: Scope) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(TRUTH, [scope.office])
        return sorted((tuple(map(read, row)) for row in cursor.fetchall()), key=str)


def read(value: Any) -> Any:
    """What lies sealed in the data base, as it reads."""
    if not is_sealed(value):
        return value
    opened = (unseal(value, where_of(column)) for column in rotating.columns())
    return next(plain.decode() for plain in opened if plain is not None)


def wrong(plan: Plan) -> list[tuple[str, str]]:
    return [(cell_name(i, each.row.number), spoken(p)) for each in plan.refused for i, p in each.wrong]


@pytest.mark.parametrize("module", [provider, dong, metro], ids=lambda module: module.__name__.rpartition(".")[2])
def test_what_is_certain_is_taken_in_as_it_is_true_and_all_else_is_asked_at_its_cell(scope: Scope, module: ModuleType):
    book, later = module.book(), module.book(changed=True)
    found, ended = {}, []
    with translation.override("ko"):
        for name, upload, plan in sheets(scope, book):
            found |= {(name, cell): said for cell, said in wrong(plan)}
            ended += [left.who for left in plan.left]
            actions.apply(upload, KIND, of(scope, upload), digest=plan.digest, whole=False)

    assert found.keys() == {(planted.sheet, planted.cell) for planted in book.planted}
    for planted in book.planted:
        assert planted.says in found[planted.sheet, planted.cell] and "세요" in found[planted.sheet, planted.cell]
    assert ended == book.ended
    assert kept(scope) == wanted(book.true)

    differ = sum(who not in book.true for who in later.true)
    counts = {"added": 0, "updated": 0}
    for _, upload, plan in sheets(scope, later):
        counts = {action: number + plan.counts[action] for action, number in counts.items()}
        actions.apply(upload, KIND, of(scope, upload), digest=plan.digest, whole=False)
    assert counts == {"added": 0, "updated": differ} and differ > 0
    assert kept(scope) == wanted(later.true)


def looked(scope: Scope, *rows: list[Any], header: list[str] = HEADER, sheet: str = "명단") -> tuple[Upload, Plan]:
    content = write([Page(sheet, [Column(name) for name in header], rows)])
    upload = actions.take_in("recipients", KIND, scope, "명단.xlsx", content)
    return upload, actions.look(upload, KIND, of(scope, upload))


def applied(scope: Scope, *rows: list[Any], **how: Any) -> Upload:
    upload, plan = looked(scope, *rows, **how)
    assert wrong(plan) == []
    actions.apply(upload, KIND, of(scope, upload), digest=plan.digest, whole=True)
    return upload


def with_(**changed: Any) -> list[Any]:
    return [changed.get(name, value) for name, value in zip(HEADER, KIM, strict=True)]


@pytest.mark.parametrize(
    ("changed", "cell", "says"),
    [
        ({"생년월일": "410305-1******"}, "B2", "'성별' 칸과 다릅니다"),
        ({"성명": "김하나(남)"}, "A2", "'성별' 칸과 다릅니다"),
        ({"저녁": "5:30"}, "G2", "17:30처럼"),
        ({"보호자": "김보호(아들)"}, "H2", "'보호자 1 관계' 칸과 다릅니다"),
        ({"보호자": "", "보호자 연락처": ""}, "H2", "관계만 있습니다"),
        ({"행정동": "", "주소": "첨단1동로 5"}, "E2", "동이 없"),
        ({"행정동": "", "주소": "첨단1동 5 (첨단2동)"}, "D2", "서로 다릅니다"),
        ({"비고": "11월 사망하심"}, "M2", "메모를 지우세요"),
        ({"중지": "2027.1.1"}, "K2", "그날이 되면"),
    ],
)
def test_what_contradicts_itself_or_may_mean_the_end_is_asked(scope, changed, cell, says):
    with translation.override("ko"):
        found = wrong(looked(scope, with_(**changed))[1])
    assert len(found) == 1 and found[0][0] == cell and says in found[0][1], found


def test_whoever_is_marked_as_ended_is_not_taken_in_and_asked_about_when_still_served(scope):
    _, plan = looked(scope, with_(중지="사망", 생년월일="모름"))
    assert (plan.rows, [(left.number, left.who, left.words) for left in plan.left]) == ([], [(2, "김하나", "사망")])
    applied(scope, KIM)

    with translation.override("ko"):
        [(cell, said)] = wrong(looked(scope, with_(중지="사망"))[1])
    assert cell == "K2" and "지금 식사가 나가고 있습니다" in said
    assert Recipient.objects.get().ended_on is None


def test_a_list_that_was_not_kept_up_to_date_brings_nobody_back_from_the_dead(scope):
    applied(scope, KIM)
    Recipient.objects.update(ended_on=scope.today, ended_why="사망")
    with translation.override("ko"):
        [(cell, said)] = wrong(looked(scope, KIM)[1])
    assert cell == "A2" and f"{scope.today}에 종료된 대상자입니다(사망)" in said


def test_a_column_for_each_day_and_the_dong_from_the_sheet(scope):
    header = [name for name in HEADER if name not in ("행정동", "급식요일")] + ["월요일", "화요일", "수요일"]
    row = [value for name, value in zip(HEADER, KIM, strict=True) if name not in ("행정동", "급식요일")]
    applied(scope, [*row, "O", "", "●"], header=header, sheet="첨단2동 명단")
    assert set(MealPlan.objects.values_list("weekday", flat=True)) == {0, 2}
    assert str(Recipient.objects.get().place.area) == "첨단2동"
    assert [cell for cell, _ in wrong(looked(scope, [*row, "", "", ""], header=header, sheet="첨단2동")[1])] == ["L2"]


def test_a_mark_for_as_above_stands_for_what_is_above(scope):
    second = with_(성명="이두리", 생년월일="1942.1.1", 주소="〃", 수행기관="상동", **{"보호자 연락처": '"'})
    applied(scope, KIM, second)
    two = Recipient.objects.get(name="이두리")
    assert (two.place.address, str(two.provider)) == ("가길 1", "한빛복지관")
    assert Contact.objects.get(recipient=two).phone == "010-0000-0001"
    assert [cell for cell, _ in wrong(looked(scope, with_(주소="〃"))[1])] == ["D2"]


def test_a_column_of_the_care_grade_is_not_taken_for_the_risk(scope):
    upload, plan = looked(scope, [*KIM, "3"], header=[*HEADER, "장기요양 등급"])
    assert "tier" not in upload.mapping.values() and "tier" not in plan.rows[0].row.values


def test_two_columns_of_one_name_are_told_apart_and_asked_once(scope):
    header = ["연락처" if name in ("비고", "보호자 연락처") else name for name in HEADER]
    row = with_(비고="010-0000-0009")
    upload, _ = looked(scope, row, header=header)
    assert not actions.settled(upload, KIND, scope)
    chosen = {int(i): key for i, key in upload.mapping.items()} | {9: "contact1_phone", 12: "phone"}
    actions.choose_columns(upload, KIND.columns(scope), {i: chosen.get(i, "") for i in range(len(header))})

    again, plan = looked(scope, row, header=header)
    assert actions.settled(again, KIND, scope)
    values = plan.rows[0].row.values
    assert (values["phone"], values["contact1_phone"]) == ("010-0000-0009", "010-0000-0001")
    other, _ = looked(scope, [*row, "새로"], header=[*header, "새 열"])
    assert not actions.settled(other, KIND, scope)


def test_the_preview_shows_how_each_way_of_writing_was_read(scope):
    second = with_(성명="이두리 (여)", 생년월일="42.1.1", 주소="〃")
    third = with_(성명="박세라 (여)", 생년월일="43.11.1", 급식요일="주3회(월수금)")
    upload, plan = looked(scope, KIM, second, third)
    preview = Preview(upload, KIND.columns(scope), plan)
    with translation.override("ko"):
        shown = [(r.column.key, r.words, r.meant, r.times) for ways, _ in preview.readings for r in ways]
    assert [each for each in shown if each[0] in ("name", "born_on", "address", "days")] == [
        ("name", "이두리 (여)", "이두리", 2),
        ("born_on", "1941.3.5", "1941-03-05", 1),
        ("born_on", "42.1.1", "1942-01-01", 2),
        ("address", "〃", "가길 1", 1),
        ("days", "월~금", "월, 화, 수, 목, 금", 2),
        ("days", "주3회(월수금)", "월, 수, 금", 1),
    ]
