"""A workbook with many kinds of planted errors: each is named with its cell, what is wrong, and what to do."""

import pytest
from django.utils import translation

from dure.imports import actions
from dure.imports.keeping import spoken
from dure.imports.kinds import Scope
from dure.imports.planning import cell_name

from .. import make
from ..sheets import horrible
from .staff import Staff

HEADER = [str(column.label) for column in Staff().columns(Scope(None, None, make.NOON, make.DAY))]  # type: ignore[arg-type]
GOOD = ["김하나", "010-1234-5678", "배달", "1980.3.5", "월~금", "2027.1.5", "O", 30, "09:00~15:00", ""]
PLANTED = [  # column, what stands there, what is said
    ("A", "", "'성명' 칸이 비어 있습니다"),
    ("A", "김*나", "이름이 가려져 있습니다"),
    ("A", "김하나(팀장)", "이름만 적으세요"),
    ("A", "김하나\ufffd", "글자가 깨졌습니다"),
    ("B", "010-1234-567", "010-1234-5678처럼"),
    ("B", "010-1234-5678 / 062-960-8114", "번호가 두 개입니다"),
    ("B", "010-1234-5678(딸)", "번호만 적으세요"),
    ("B", "O1O-1234-5678", "글자가 섞였습니다"),
    ("B", "1.01E+09", "엑셀이 번호를 줄여"),
    ("C", "청소", "다음 중에서 적으세요: 배달, 조리"),
    ("D", "음력 1980.3.5", "음력 날짜입니다"),
    ("D", "1980.2.30", "없는 날짜입니다"),
    ("D", "1980", "연·월·일을 모두"),
    ("D", "2031.1.1", "생년월일을 확인하세요"),
    ("D", "05.3.5", "연도를 네 자리로"),
    ("E", "주5회", "요일을 적으세요"),
    ("E", "격주", "요일이 아닙니다"),
    ("F", "내년 봄", "날짜가 아닙니다"),
    ("G", "0", "O 또는 X로 적으세요"),
    ("H", "약 30명", "숫자가 아닙니다"),
    ("H", 300, "1부터 60까지"),
    ("I", "아침", "09:00~18:00처럼"),
    ("J", "가" * 41, "40자 이내로"),
    ("J", "주민번호 800305-1234567", "주민등록번호가 있어"),
    ("C", "#REF!", "수식이 오류입니다"),
]


@pytest.mark.django_db
def test_every_planted_error_is_named_with_cell_and_what_to_do():
    office = make.office()
    scope = Scope(make.person(office), None, make.NOON, make.DAY)
    rows = []
    for number, (column, value, _) in enumerate(PLANTED):
        row = list(GOOD)
        row[1] = f"010-2222-{number:04}"  # nobody twice
        row[ord(column) - 65] = value
        rows.append(row)
    rows += [[*GOOD], [*GOOD]]  # the same person in two rows

    upload = actions.take_in("staff", Staff(), scope, "명단.xlsx", horrible.titled_list(rows, HEADER))
    plan = actions.look(upload, Staff(), scope)

    with translation.override("ko"):
        found = [(cell_name(i, each.row.number), spoken(p)) for each in plan.refused for i, p in each.wrong]
    first = 6  # the first row of data in this workbook
    wanted = [(f"{column}{first + n}", says) for n, (column, _, says) in enumerate(PLANTED)]
    wanted.append((f"A{first + len(PLANTED) + 1}", f"{first + len(PLANTED)}행과 같은"))
    assert [cell for cell, _ in found] == [cell for cell, _ in wanted]
    for (cell, said), (_, says) in zip(found, wanted, strict=True):
        assert says in said, cell
        assert said.endswith(("세요.", "리", "배달, 조리")), said
    assert plan.counts == {"added": 1, "updated": 0, "unchanged": 0, "refused": len(PLANTED) + 1}
