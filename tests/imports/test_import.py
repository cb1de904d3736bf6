"""A list on its way in, from the file to its undoing."""

from datetime import timedelta

import pytest

from dure.audit.models import Entry
from dure.errors import Refused
from dure.imports import actions
from dure.imports.keeping import spoken, unpack
from dure.imports.kinds import Scope
from dure.imports.models import Action, Upload
from dure.imports.planning import cell_name
from dure.people.models import Person
from dure.sheets.write import Column, Page, write

from .. import make
from .staff import Staff

pytestmark = pytest.mark.django_db
HEADER = ["성명", "연락처", "담당"]
KIM, LEE, PARK = (
    ["김하나", "010-1000-0001", "배달"],
    ["이두리", "010-1000-0002", "조리"],
    ["박세라", "010-1000-0003", ""],
)


@pytest.fixture
def scope() -> Scope:
    office = make.office()
    return Scope(make.person(office, "담당자"), None, make.NOON, make.DAY)


def book(*rows: list, header: list[str] = HEADER) -> bytes:
    return write([Page("명단", [Column(name) for name in header], rows, title="종사자 현황")])


def taken(scope: Scope, *rows: list, header: list[str] = HEADER) -> Upload:
    return actions.take_in("staff", Staff(), scope, "명단.xlsx", book(*rows, header=header))


def applied(scope: Scope, *rows: list, whole: bool = False) -> Upload:
    upload = taken(scope, *rows)
    plan = actions.look(upload, Staff(), scope)
    actions.apply(upload, Staff(), scope, digest=plan.digest, whole=whole)
    upload.refresh_from_db()
    return upload


def staff() -> list[tuple[str, str, str]]:
    known = Person.objects.filter(left_at=None).exclude(name="담당자")
    return sorted(known.values_list("name", "phone", "post"))


def later(scope: Scope) -> Scope:
    return Scope(scope.by, None, scope.now + timedelta(hours=1), scope.today)


def test_the_first_list_adds_everybody(scope):
    upload = applied(scope, KIM, LEE, PARK)

    assert staff() == [
        ("김하나", "010-1000-0001", "driver"),
        ("박세라", "010-1000-0003", ""),
        ("이두리", "010-1000-0002", "cook"),
    ]
    assert list(upload.changes.values_list("row", "action")) == [(4, "added"), (5, "added"), (6, "added")]
    verbs = Entry.objects.filter(office_id=scope.office).values_list("did", flat=True)
    assert sorted(verbs) == ["imported", "imported", "imported", "list applied", "list uploaded"]


def test_the_next_list_updates_and_never_duplicates(scope):
    applied(scope, KIM, LEE)
    upload = applied(later(scope), ["김하나", "01010000001", "조리"], LEE, PARK)

    assert [name for name, _, _ in staff()] == ["김하나", "박세라", "이두리"]
    assert list(upload.changes.values_list("action", flat=True)) == ["updated", "unchanged", "added"]
    assert upload.changes.get(row=4).before["post"] == "driver"


def test_an_empty_cell_leaves_what_is_known(scope):
    applied(scope, KIM)
    upload = applied(later(scope), ["김하나", "010-1000-0001", None])
    assert list(upload.changes.values_list("action", flat=True)) == ["unchanged"]


def test_bad_rows_are_kept_aside_and_the_rest_goes_in(scope):
    upload = applied(scope, KIM, ["이두리", "010-1", "조리"], PARK)

    assert [name for name, _, _ in staff()] == ["김하나", "박세라"]
    (refused,) = upload.changes.filter(action=Action.REFUSED)
    assert refused.row == 5 and refused.wrong[0][0] == 1


def test_all_or_nothing_leaves_everything_as_it_was(scope):
    with pytest.raises(Refused, match="아무것도 바꾸지 않았습니다"):
        applied(scope, KIM, ["이두리", "010-1", "조리"], whole=True)
    assert staff() == []


def test_a_list_is_applied_once(scope):
    upload = applied(scope, KIM)
    with pytest.raises(Refused, match="이미 반영한"):
        actions.apply(upload, Staff(), scope, digest="", whole=False)


def test_what_changed_since_the_preview_stops_the_list(scope):
    upload = taken(scope, KIM)
    digest = actions.look(upload, Staff(), scope).digest
    applied(scope, ["김하나", "010-1000-0001", "조리"])

    with pytest.raises(Refused, match="내용이 바뀌었습니다"):
        actions.apply(upload, Staff(), scope, digest=digest, whole=False)


def test_undoing_takes_back_what_nobody_touched_and_lists_the_rest(scope):
    applied(scope, KIM)
    upload = applied(later(scope), ["김하나", "010-1000-0001", "조리"], LEE, PARK, ["운전해", "010-1000-0004", "배달"])
    Person.objects.filter(name="박세라").update(post="cook")
    Person.objects.filter(name="이두리").update(left_at=scope.now)

    actions.undo(upload, Staff(), later(scope))

    assert staff() == [
        ("김하나", "010-1000-0001", "driver"),
        ("박세라", "010-1000-0003", "cook"),
        ("운전해", "010-1000-0004", "driver"),
    ]
    stays = {c.row: c.stays[0] for c in upload.changes.all() if c.stays}
    assert stays == {5: actions.GONE.text, 6: actions.TOUCHED.text, 7: "Drives today."}
    with pytest.raises(Refused, match="더 이상 되돌릴 수 없습니다"):
        actions.undo(upload, Staff(), later(scope))


def test_columns_chosen_once_are_remembered_for_that_provider(scope):
    odd = ["이름표", "번호", "하는 일"]
    first = taken(scope, KIM, header=odd)
    assert first.mapping == {}
    actions.choose_header(first, Staff(), scope, 0, 3, 3)
    actions.choose_columns(first, Staff().columns(scope), {0: "name", 1: "phone", 2: ""})

    assert taken(scope, LEE, header=odd).mapping == {"0": "name", "1": "phone"}
    provider = make.organisation(scope.by.office)
    elsewhere = Scope(scope.by, provider, scope.now, scope.today)
    assert taken(elsewhere, LEE, header=odd).mapping == {}


@pytest.mark.parametrize(
    ("mapping", "says"),
    [({0: "name", 1: "name", 2: "phone"}, "두 열에 골랐습니다"), ({0: "name"}, "고르세요: 휴대전화")],
)
def test_says_what_is_missing_in_the_columns(scope, mapping, says):
    upload = taken(scope, KIM)
    with pytest.raises(Refused, match=says):
        actions.choose_columns(upload, Staff().columns(scope), mapping)


def test_another_sheet_of_the_file_goes_on_with_the_provider_that_its_title_names(scope):
    first = make.organisation(scope.by.office, name="한빛복지관")
    second = make.organisation(scope.by.office, name="새날센터")
    columns = [Column(name) for name in HEADER]
    pages = [Page(name, columns, [KIM], title=f"종사자 현황 ({name})") for name in ("한빛복지관", "새날센터")]
    upload = actions.take_in("staff", Staff(), scope, "명단.xlsx", write(pages))
    assert upload.organisation == first

    again = actions.another_sheet(upload, Staff(), scope, 1)

    assert (again.sheet, again.organisation, again.mapping) == (1, second, upload.mapping)


def test_resident_numbers_are_never_kept_and_named_with_their_cell(scope):
    upload = taken(
        scope, ["김하나", "010-1000-0001", "880305-2345678"], [*LEE, "메모 8803052345678"], header=[*HEADER, "비고2"]
    )

    assert b"2345678" not in str(unpack(upload.tables)).encode()
    assert upload.blotted == [["명단", "C4"], ["명단", "D5"]]
    plan = actions.look(upload, Staff(), scope)
    assert [(cell_name(i, each.row.number), spoken(p)[:10]) for each in plan.refused for i, p in each.wrong] == [
        ("C4", "주민등록번호가 있어"),
        ("D5", "주민등록번호가 있어"),
    ]


def test_old_lists_are_emptied_of_all_values(scope):
    upload = applied(scope, KIM, ["이두리", "010-1", "조리"])
    assert actions.forget(scope.now + timedelta(days=1), scope.now + timedelta(days=90)) == 1

    upload.refresh_from_db()
    kept = [upload.tables, upload.mapping, *upload.changes.values_list("before", "after", "wrong")]
    assert "김하나" not in str(kept) and "010-1" not in str(kept)
    with pytest.raises(Refused):
        actions.undo(upload, Staff(), scope)


def test_another_office_sees_nothing_of_it(scope):
    upload = taken(scope, KIM)
    make.office()
    assert not Upload.objects.filter(pk=upload.pk).exists()
