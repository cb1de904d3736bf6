"""The lists of people, shifts and agencies."""

from datetime import timedelta
from typing import Any

import pytest

from dure.care import rosters, standing_in
from dure.care.imports import KINDS
from dure.imports import actions
from dure.imports.keeping import spoken
from dure.imports.kinds import Scope
from dure.imports.models import Upload
from dure.imports.planning import Plan, cell_name
from dure.people.actions import on_shift
from dure.people.models import Address, Membership, Organisation, Person, Roster, Shift, StandIn
from dure.sheets.write import Column, Page, write

from .. import make

pytestmark = pytest.mark.django_db
PEOPLE = ["성명", "휴대전화", "소속", "직무", "직위", "이메일"]
SHIFTS = ["당직표", "날짜", "시간", "당직자", "연락처", "순서"]
NETWORK = ["기관명", "구분", "행정동", "주간전화", "야간전화"]


@pytest.fixture
def scope() -> Scope:
    office = make.office()
    make.organisation(office, "provider", "한빛복지관")
    make.area(office, "첨단1동")
    return Scope(make.person(office, "담당자"), None, make.NOON, make.DAY)


def looked(scope: Scope, slug: str, header: list[str], *rows: list[Any]) -> tuple[Upload, Plan]:
    content = write([Page("명단", [Column(name) for name in header], rows)])
    upload = actions.take_in(slug, KINDS[slug], scope, "명단.xlsx", content)
    assert len(upload.mapping) == len(header)
    return upload, actions.look(upload, KINDS[slug], scope)


def applied(scope: Scope, slug: str, header: list[str], *rows: list[Any]) -> Upload:
    upload, plan = looked(scope, slug, header, *rows)
    assert wrong(plan) == []
    actions.apply(upload, KINDS[slug], scope, digest=plan.digest, whole=True)
    upload.refresh_from_db()
    return upload


def wrong(plan: Plan) -> list[tuple[str, str]]:
    return [(cell_name(i, each.row.number), spoken(problem)) for each in plan.refused for i, problem in each.wrong]


def people(name: str) -> dict[str, Any]:
    (found,) = KINDS["people"].current(_any(), [f"person {Person.objects.get(name=name).ref}"]).values()
    return dict(found)


def _any() -> Scope:
    return Scope(Person(), None, make.NOON, make.DAY)


def test_people_come_in_move_and_leave_again(scope):
    provider = str(Organisation.objects.get(name="한빛복지관").pk)
    first = applied(scope, "people", PEOPLE, ["김하나", "010-0000-0001", "한빛복지관", "배달", "", "hana@example.org"])
    assert people("김하나") == {
        "name": "김하나", "phone": "010-0000-0001", "organisation": provider, "role": "worker", "post": None,
        "email": "hana@example.org",
    }  # fmt: skip
    assert not Person.objects.get(name="김하나").has_usable_password()

    later = Scope(scope.by, None, scope.now + timedelta(days=3), scope.today + timedelta(days=3))
    second = applied(later, "people", PEOPLE, ["김하나", "010-0000-0001", "한빛복지관", "기관 담당자", "팀장", ""])
    assert list(second.changes.values_list("action", flat=True)) == ["updated"]
    assert Membership.objects.on(later.today).get(person__name="김하나").role == "provider"

    actions.undo(second, KINDS["people"], later)
    assert Membership.objects.on(later.today).get(person__name="김하나").role == "worker"
    assert Address.objects.filter(person__name="김하나", dead_at=None).count() == 2

    actions.undo(first, KINDS["people"], later)
    assert not Person.objects.filter(name="김하나", left_at=None).exists()


def test_a_provider_cannot_make_an_officer_or_reach_into_another_organisation(scope):
    mine = Organisation.objects.get(name="한빛복지관")
    make.organisation(scope.by.office, "provider", "새날센터")
    desk = Scope(scope.by, mine, scope.now, scope.today, whole=False)
    _, plan = looked(
        desk, "people", PEOPLE,
        ["김하나", "010-0000-0001", "한빛복지관", "담당 공무원", "", ""],
        ["이두리", "010-0000-0002", "새날센터", "배달", "", ""],
        ["박세라", "010-0000-0003", "", "배달", "", "세라"],
    )  # fmt: skip
    assert [cell for cell, _ in wrong(plan)] == ["C2", "C3", "F4"]
    _, plan = looked(scope, "people", PEOPLE, ["최네리", "010-0000-0004", "", "배달", "", ""])
    assert wrong(plan)[0][0] == "C2"


def test_shifts_over_midnight_come_in_and_go_while_they_have_not_begun(scope):
    roster = make.roster(scope.by.office)
    make.person(scope.by.office, "김당직")
    upload = applied(
        scope, "rosters", SHIFTS,
        [roster.name, "2026-11-23", "09:00~18:00", "김당직", "", ""],
        [roster.name, "2026-11-24", "18:00~09:00", "김당직", "", 2],
    )  # fmt: skip
    first, second = Shift.objects.filter(roster=roster).order_by("starts_at")
    assert (first.starts_at, first.ends_at, first.place) == (
        make.NOON - timedelta(hours=3),
        make.NOON + timedelta(hours=6),
        0,
    )
    assert (second.ends_at - second.starts_at, second.place) == (timedelta(hours=15), 1)

    actions.undo(upload, KINDS["rosters"], scope)

    assert [s.pk for s in Shift.objects.filter(roster=roster)] == [first.pk]
    assert "이미 시작" in str([spoken_(change.stays) for change in upload.changes.all() if change.stays])


def test_what_a_list_says_comes_before_what_a_weekly_rota_wrote(scope):
    roster, one = make.roster(scope.by.office), make.person(scope.by.office, "김당직")
    make.rota(roster, [one])
    rosters.write(roster, make.NOON)
    applied(scope, "rosters", SHIFTS, [roster.name, "2026-11-24", "18:00~21:00", "김당직", "", 2])
    rosters.write(roster, make.NOON)
    tuesday = Shift.objects.filter(roster=roster, starts_at__date="2026-11-24")
    assert [(s.ends_at - s.starts_at, s.place, s.rota) for s in tuesday][:1] == [(timedelta(hours=3), 1, None)]
    assert [s.ends_at - s.starts_at for s in tuesday] == [timedelta(hours=3), timedelta(hours=12)]


def spoken_(stays: list[Any]) -> str:
    from dure.imports.keeping import said

    return said(*stays)


def test_who_is_meant_in_a_roster_has_to_be_clear(scope):
    roster = make.roster(scope.by.office)
    twins = [make.person(scope.by.office, "김쌍둥") for _ in range(2)]
    Person.objects.filter(pk=twins[0].pk).update(phone="010-0000-7777")
    day = ["2026-11-25", "09:00~18:00"]
    _, plan = looked(
        scope, "rosters", SHIFTS,
        [roster.name, *day, "없는이", "", ""],
        [roster.name, *day, "김쌍둥", "", ""],
        [roster.name, "2026-11-26", day[1], "김쌍둥", "01000007777", ""],
        [roster.name, "2026-11-20", day[1], "김쌍둥", "010-0000-7777", ""],
        ["없는 당직표", *day, "김쌍둥", "", ""],
    )  # fmt: skip
    assert [cell for cell, _ in wrong(plan)] == ["D2", "D3", "B5", "A6"]


def test_the_contact_network_comes_in_and_is_corrected(scope):
    row = ["첨단1동 행정복지센터", "행정복지센터", "첨단1동", "062-000-0201", "062-000-0100"]
    upload = applied(scope, "network", NETWORK, row, ["광산소방서", "소방서", "", "119", ""])
    centre = Organisation.objects.get(name=row[0])
    assert (centre.kind, str(centre.area), centre.phone, centre.night_phone) == ("centre", "첨단1동", row[3], row[4])

    applied(scope, "network", NETWORK, [*row[:4], "062-000-0111"])
    centre.refresh_from_db()
    assert centre.night_phone == "062-000-0111"

    actions.undo(upload, KINDS["network"], scope)
    assert Organisation.objects.filter(name="광산소방서").exists()  # stays, and is listed


@pytest.mark.parametrize("slug", KINDS)
def test_the_empty_form_is_understood_when_it_comes_back(scope, slug):
    from dure.imports import papers
    from dure.sheets import headers
    from dure.sheets.read import read

    columns = KINDS[slug].columns(scope)
    sheet = read(papers.template(KINDS[slug], scope))[0]
    header = headers.header_at(sheet, 1, 1)
    known = actions.known_headers(columns)
    assert headers.match(header.names, known, {}) == {i: column.key for i, column in enumerate(columns)}


def test_the_same_list_again_does_not_put_on_who_is_ill(scope):
    one, two = (make.person(scope.by.office, name) for name in ("김하나", "이두리"))
    desk = Roster.objects.create(
        office=one.office, organisation=make.house(one.office), answers_for="oncall", name="당직"
    )
    row = ["당직", "2026-11-24", "18:00~09:00", "김하나", "", 1]
    applied(scope, "rosters", SHIFTS, row)
    shift = Shift.objects.get()
    ill = StandIn(
        office=one.office, roster=desk, off=one, on=two, since=shift.starts_at, until=shift.ends_at, why="병가"
    )
    standing_in.put_in(ill, by=two, now=make.NOON)
    _, plan = looked(scope, "rosters", SHIFTS, row, ["당직", "2026-11-25", "18:00~09:00", "이두리", "", 1])
    assert [where for where, _ in wrong(plan)] == ["D2"]
    assert "병가" in wrong(plan)[0][1]
    assert on_shift([desk.pk], shift.starts_at)[desk.pk] == [two.pk]
    back = StandIn(office=one.office, roster=desk, off=two, on=one, since=ill.since, until=ill.until, why="완쾌")
    standing_in.put_in(back, by=two, now=make.NOON)
    assert wrong(looked(scope, "rosters", SHIFTS, row)[1]) == []


def test_who_left_is_not_put_on_the_offices_roster(scope):
    gone = make.person(scope.by.office, "김전출")
    gone.memberships.update(until=make.DAY)
    roster = make.roster(scope.by.office)
    _, plan = looked(scope, "rosters", SHIFTS, [roster.name, "2026-11-24", "09:00~18:00", "김전출", "", 1])
    assert [where for where, _ in wrong(plan)] == ["D2"]


def test_who_works_elsewhere_is_not_put_on_an_agencys_roster(scope):
    provider = Organisation.objects.get(name="한빛복지관")
    make.person(scope.by.office, "김하나", as_="worker", at=provider)
    make.person(scope.by.office, "이두리", as_="provider", at=make.organisation(scope.by.office))
    Roster.objects.create(office=scope.by.office, organisation=provider, answers_for="desk", name="창구")
    rows = [["창구", "2026-11-24", "09:00~18:00", name, "", 1] for name in ("김하나", "이두리", "담당자")]
    _, plan = looked(scope, "rosters", SHIFTS, *rows)
    assert [where for where, _ in wrong(plan)] == ["D3"]
    assert "한빛복지관" in wrong(plan)[0][1]
