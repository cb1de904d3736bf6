"""Who has which role from when to when, who gave it and who took it: kept by the database, altered by nobody."""

import io
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from python_calamine import CalamineWorkbook
from tests import make

from dure.errors import Refused
from dure.offices.acting import act
from dure.people import accounts, rights
from dure.people.actions import standing
from dure.people.models import Grant, Membership, Role

pytestmark = pytest.mark.django_db
LINE = ("did", "by", "role", "since", "until", "was_until")


def lines(person) -> list[tuple]:
    return list(Grant.objects.filter(person=person).order_by("id").values_list(*LINE))


@pytest.fixture
def boss():
    return make.person(make.office(), "관리자", as_=Role.ADMIN)


def test_joining_moving_and_leaving_each_write_who_did_it(boss):
    clerk = make.person(boss.office, "새사람")
    began = make.DAY - timedelta(days=400)
    centre = make.organisation(boss.office, "centre")
    act(boss.office_id, boss.pk)

    rights.give(clerk, centre, Role.CENTRE, make.DAY, by=boss, now=make.NOON)
    rights.end(clerk.memberships.get(role="officer"), by=boss, now=make.NOON)
    accounts.leave(clerk, by=boss, now=make.NOON)

    assert lines(clerk) == [
        ("given", None, "officer", began, None, None),
        ("given", boss.pk, "centre", make.DAY, None, None),
        ("changed", boss.pk, "officer", began, make.DAY, None),
        ("left", boss.pk, "", None, None, None),
        ("changed", boss.pk, "centre", make.DAY, make.DAY, None),
    ]


def test_raw_sql_and_bulk_are_written_down_as_well_whoever_does_it(boss):
    clerk = make.person(boss.office)
    make.role("engine")
    Membership.objects.filter(person=clerk).update(until=make.DAY)
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_membership SET role = 'admin', until = NULL WHERE person_id = %s", [clerk.pk])
        cursor.execute("DELETE FROM people_membership WHERE person_id = %s", [clerk.pk])
    make.role("app")
    assert [(did, role) for did, _, role, *_ in lines(clerk)] == [
        ("given", "officer"), ("changed", "officer"), ("changed", "admin"), ("deleted", "admin"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["app", "engine", "owner"])
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE people_grant SET role = 'worker'",
        "DELETE FROM people_grant",
        "TRUNCATE people_grant",
        "INSERT INTO people_grant (office_id, did, at, person_id, role)"
        " SELECT office_id, 'given', now(), id, 'admin' FROM people_person",
        "UPDATE people_membership SET role = 'admin'",
        "UPDATE people_membership SET since = since + 1",
        "DELETE FROM people_membership",
    ],
)
def test_the_history_can_t_be_altered_nor_a_role_rewritten(boss, role, attack):
    if role == "owner" and ("people_membership" in attack or attack.startswith(("TRUNCATE", "INSERT"))):
        pytest.skip("the owner migrates; what it does to memberships is written down")
    make.role(role)
    with pytest.raises(Error, match="permission denied|rights_are_kept"), transaction.atomic():
        connection.cursor().execute(attack)


def test_after_three_years_a_line_may_be_let_go_by_the_owner_alone(boss):
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE people_grant DISABLE TRIGGER rights_are_kept")
        cursor.execute("UPDATE people_grant SET at = at - interval '3 years 1 day'")
        cursor.execute("ALTER TABLE people_grant ENABLE TRIGGER rights_are_kept")
        cursor.execute("DELETE FROM people_grant WHERE person_id = %s", [boss.pk])
    make.role("app")
    assert lines(boss) == []


def test_a_role_given_by_mistake_this_morning_ends_at_once(boss):
    clerk = make.person(boss.office)
    provider = make.organisation(boss.office)
    act(boss.office_id, boss.pk)
    rights.give(clerk, provider, Role.PROVIDER, make.DAY, by=boss, now=make.NOON)
    assert standing(clerk, make.DAY).has(Role.PROVIDER)
    rights.end(clerk.memberships.get(role="provider"), by=boss, now=make.NOON)
    assert not standing(clerk, make.DAY).has(Role.PROVIDER)


@pytest.mark.parametrize(("role", "days"), [(Role.ADMIN, 0), (Role.WORKER, -1), (Role.CENTRE, 0)])
def test_what_makes_no_sense_is_refused(boss, role, days):
    clerk, provider = make.person(boss.office), make.organisation(boss.office)
    with pytest.raises(Refused):
        rights.give(clerk, provider, role, make.DAY + timedelta(days=days), by=boss, now=make.NOON)


def test_nobody_ends_the_own_administration(boss):
    with pytest.raises(Refused):
        rights.end(boss.memberships.get(), by=boss, now=make.NOON)


def test_an_administrator_reads_it_per_person_and_as_a_list_and_takes_it_along(boss, moved):
    moved(make.NOON)
    clerk = make.person(boss.office, "=새사람")
    client = make.signed_in(boss)
    given = {"organisation": make.house(boss.office).pk, "role": "admin", "since": make.DAY.isoformat()}
    assert client.post(f"/people/{clerk.ref}/roles/", given).status_code == 302
    assert client.post(f"/people/{clerk.ref}/roles/", given | {"since": ""}).status_code == 422
    act(boss.office_id)
    which = clerk.memberships.get(role="admin").pk
    assert client.post(f"/people/{clerk.ref}/roles/end/", {"which": which}).status_code == 302
    page = client.get(f"/people/{clerk.ref}/").content.decode()
    assert page.count("종료일 변경") == 1 and page.count(f"<td>{boss.name}</td>") == 2
    assert "=새사람" in client.get("/people/rights/").content.decode()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/people/rights.xlsx").content)).get_sheet_by_index(0)
    rows = [row for row in sheet.to_python() if row[1] == "=새사람"]
    assert [row[2] for row in rows] == ["종료일 변경", "부여", "부여"]


def test_a_foreign_role_isn_t_ended(boss):
    other = make.person(make.office())
    which = other.memberships.get().pk
    act(boss.office_id)
    client = make.signed_in(boss)
    assert client.post(f"/people/{other.ref}/roles/end/", {"which": which}).status_code == 404
    client.post(f"/people/{boss.ref}/roles/end/", {"which": which})
    act(other.office_id)
    assert other.memberships.get().until is None
