"""Values before and after: seen for bulk and raw SQL too, touched by nobody, gone by retention alone."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from tests import make
from tests.care import world as served
from tests.conftest import TEST

from dure.audit.models import Change, Entry
from dure.audit.values import NOT_KEPT, changes
from dure.care.models import Contact, Recipient
from dure.offices.acting import act
from dure.people.models import Person
from dure.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Any]:
    made = served.build()
    people = [served.recipient(made, f"김가{n}", phone=f"010-1111-00{n:02}") for n in range(30)]
    act(made.office.pk, made.officer.pk)
    return {"office": made.office, "officer": made.officer, "people": people, "last": latest()}


def latest() -> int:
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


def kept(world: dict[str, Any]) -> list[Change]:
    return list(Change.objects.filter(id__gt=world["last"]).order_by("id"))


def before_and_after(lines: list[Change]) -> tuple[dict[int, Any], dict[int, Any]]:
    """By row, of all lines together."""
    before: dict[int, Any] = {}
    after: dict[int, Any] = {}
    for line in lines:
        for row in line.rows:
            before.setdefault(row, {}).update({key: old for key, (old, _) in line.of(row).items()})
            after.setdefault(row, {}).update({key: new for key, (_, new) in line.of(row).items()})
    return before, after


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_saving_keeps_who_when_which_and_only_what_changed(world: dict[str, Any]):
    one = world["people"][0]
    one.phone, one.tier = "010-2222-0000", "red"
    one.save()
    (line,) = kept(world)
    assert (line.kind, line.did, line.rows, line.who_id) == ("care_recipient", "changed", [one.pk], world["officer"].pk)
    assert line.office_id == world["office"].pk and line.at is not None
    assert line.before == {"phone": ["010-1111-0000"], "tier": ["amber"]}
    assert line.after == {"phone": ["010-2222-0000"], "tier": ["red"]}


def test_saving_what_is_the_same_keeps_nothing(world: dict[str, Any]):
    world["people"][0].save()
    assert kept(world) == []


WAYS: dict[str, Callable[[list[Recipient]], object]] = {
    "update": lambda people: Recipient.objects.filter(pk__in=[p.pk for p in people]).update(phone="010-9"),
    "raw SQL": lambda people: sql(
        "UPDATE care_recipient SET phone = '010-9' WHERE id = ANY (%s)", [p.pk for p in people]
    ),
    "bulk update": lambda people: (
        [setattr(p, "phone", "010-9") for p in people],
        Recipient.objects.bulk_update(people, ["phone"]),
    ),
    "on conflict": lambda people: sql(
        "WITH moved AS (UPDATE care_recipient SET phone = '010-9' WHERE id = ANY (%s) RETURNING id) SELECT FROM moved",
        [p.pk for p in people],
    ),
}


@pytest.mark.parametrize("many", [1, 3, 10, 11, 30])
@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_changing_rows_goes_unseen(way: str, many: int, world: dict[str, Any]):
    people = world["people"][:many]
    was = {p.pk: {"phone": p.phone} for p in people}
    WAYS[way](people)
    assert before_and_after(kept(world)) == (was, {pk: {"phone": "010-9"} for pk in was})
    assert len(kept(world)) == (many if many <= 10 else len({p.pk // 1000 for p in people}))


def test_of_many_rows_each_keeps_only_what_changed_in_it(world: dict[str, Any]):
    people = world["people"]
    sql(
        "UPDATE care_recipient SET tier = CASE WHEN id %% 2 = 0 THEN 'red' ELSE tier END,"
        " born_on = CASE WHEN id %% 3 = 0 THEN date '1940-01-02' ELSE born_on END WHERE id = ANY (%s)",
        [p.pk for p in people],
    )
    before, after = before_and_after(kept(world))
    want = {p.pk: {"tier": "red"} if p.pk % 2 == 0 else {} for p in people}
    for p in people:
        want[p.pk] |= {"born_on": "1940-01-02"} if p.pk % 3 == 0 else {}
    assert after == {pk: changed for pk, changed in want.items() if changed}
    old = {"born_on": None, "tier": "amber"}
    assert before == {pk: {key: old[key] for key in changed} for pk, changed in want.items() if changed}


def test_added_and_deleted_rows_are_kept_whole(world: dict[str, Any]):
    one = world["people"][0]
    contact = Contact.objects.create(office=world["office"], recipient=one, name="딸", phone="010-3")
    pk = contact.pk
    Contact.objects.filter(pk=pk).delete()
    added, deleted = kept(world)
    assert (added.did, added.before) == ("added", {}) and added.of(pk)["phone"][1] == "010-3"
    assert (deleted.did, deleted.after) == ("deleted", {}) and deleted.of(pk)["name"][0] == "딸"


def test_a_row_whose_number_is_changed_doesnt_slip_away(world: dict[str, Any]):
    contact = Contact.objects.create(office=world["office"], recipient=world["people"][0], name="딸", phone="010-3")
    world["last"] = latest()
    sql("UPDATE care_contact SET id = id + 100000, phone = '010-4' WHERE id = %s", contact.pk)
    gone, came = kept(world)
    assert (gone.did, gone.rows, came.did, came.rows) == ("deleted", [contact.pk], "added", [contact.pk + 100000])
    assert gone.of(contact.pk)["phone"] == ("010-3", None)
    assert came.of(contact.pk + 100000)["phone"] == (None, "010-4")


def test_values_and_record_come_together_by_their_transaction(world: dict[str, Any]):
    from dure.audit.actions import note

    with transaction.atomic():
        world["people"][0].phone = "010-7"
        world["people"][0].save()
        note(at=make.NOON, who=world["officer"], did="changed", about=world["people"][0])
    (line,) = kept(world)
    assert Entry.objects.get(xact=line.xact, did="changed").about == f"recipient {world['people'][0].ref}"


def test_the_product_itself_is_nobody(world: dict[str, Any]):
    act(world["office"].pk)
    Recipient.objects.filter(pk=world["people"][0].pk).update(phone="010-7")
    assert kept(world)[0].who_id is None


def test_secrets_never_go_in(world: dict[str, Any]):
    person = Person.objects.get(pk=world["officer"].pk)
    person.set_password("대단히긴비밀번호입니다")
    person.save()
    assert kept(world) == []
    person.post = "팀장"
    person.set_password("또다른긴비밀번호입니다")
    person.save()
    assert [line.after for line in kept(world)] == [{"post": ["팀장"]}]
    made = make.person(world["office"])
    assert "password" not in Change.objects.get(kind="people_person", rows=[made.pk]).of(made.pk)


ATTACKS = [
    "INSERT INTO audit_change (office_id, at, did, kind, slot, rows, before, after)"
    " VALUES (dure_office(), now(), 'changed', 'care_recipient', 1, '{1}', '{}', '{}')",
    "UPDATE audit_change SET after = '{}'",
    "DELETE FROM audit_change",
    "TRUNCATE audit_change",
    "TRUNCATE care_contact",
    "ALTER TABLE care_recipient DISABLE TRIGGER values_update",
    "ALTER TABLE care_recipient DISABLE TRIGGER ALL",
    "DROP TRIGGER values_update ON care_recipient",
    "DROP FUNCTION audit_keep() CASCADE",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE OR REPLACE FUNCTION dure_is_owner() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "SET ROLE dure_owner; SET SESSION AUTHORIZATION dure_app; SET ROLE dure_owner",
]


@pytest.mark.parametrize("role", ["app", "engine"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_nobody_touches_them(attack: str, role: str, world: dict[str, Any], cluster: Any):
    with psycopg.connect(cluster.url(f"dure_{role}", TEST), autocommit=True) as theirs, pytest.raises(psycopg.Error):
        theirs.execute(f"SELECT set_config('dure.office', '{world['office'].pk}', false)")
        theirs.execute(attack)


@pytest.mark.parametrize("role", ["app", "engine"])
def test_pretending_to_seal_anew_hides_nothing(role: str, world: dict[str, Any]):
    make.role(role)
    sql("SELECT set_config('dure.sealing_anew', 'on', true)")
    Recipient.objects.filter(pk=world["people"][0].pk).update(phone="010-7")
    assert len(kept(world)) == 1


@pytest.mark.parametrize("role", ["app", "engine"])
@pytest.mark.parametrize("call", ["dure_forget_rows('care_recipient', '{1}')", "audit_keep()"])
def test_nobody_but_retention_lets_go_of_values(call: str, role: str, world: dict[str, Any]):
    make.role(role)
    with pytest.raises(DatabaseError, match="permission denied"):
        sql(f"SELECT {call}")


def test_another_office_and_a_part_of_this_one_see_none(world: dict[str, Any]):
    assert Change.objects.exists()
    act(world["office"].pk, world["officer"].pk, [1])
    assert not Change.objects.exists()
    make.office()
    assert not Change.objects.filter(office_id=world["office"].pk).exists()


def test_all_values_of_a_row_go_and_those_of_its_neighbours_stay(world: dict[str, Any]):
    people = world["people"]
    Recipient.objects.update(phone="010-7")
    one, other = people[0], people[1]
    make.role("owner")
    lines = changes([(Recipient, [one.pk])]).count()
    assert lines >= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT dure_forget_rows('care_recipient', %s)", [[one.pk]])
        assert cursor.fetchone() == (lines,)
    assert not changes([(Recipient, [one.pk])]).exists()
    make.role("owner")
    with connection.cursor() as cursor:
        found = "SELECT count(*) FROM audit_change WHERE kind = 'care_recipient' AND (before || after)::text LIKE %s"
        cursor.execute(found, [f"%{one.phone}%"])
        assert cursor.fetchone() == (0,)
    make.role("engine")
    line = changes([(Recipient, [other.pk])]).filter(did="changed").get()
    assert line.of(other.pk) == {"phone": (other.phone, "010-7")}
    assert line.of(people[29].pk) == {"phone": (people[29].phone, "010-7")}
    assert Entry.objects.get(did="forgot values", office_id=world["office"].pk).about == "values of care_recipient"


def test_without_an_office_nothing_is_let_go(world: dict[str, Any]):
    make.role("owner")
    act(None)
    with pytest.raises(DatabaseError, match="values_of_one_office"):
        sql("SELECT dure_forget_rows('care_recipient', '{1}')")


def test_every_table_of_an_office_is_kept_or_excused_and_never_both():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'values_%%'"
            " AND t.tgenabled = 'O' AND t.tgfoid = 'audit_keep'::regproc)"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office_id'"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped"
        )
        found = dict(cursor.fetchall())
    assert {table for table, triggers in found.items() if triggers == 0} == set(NOT_KEPT)
    assert {triggers for table, triggers in found.items() if table not in NOT_KEPT} == {3}
    assert all(NOT_KEPT.values())


SECRET = ("password", "sha256", "digest", "hash", "sealed", "credential", "token")


def test_what_looks_like_a_secret_is_left_out():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, encode(t.tgargs, 'escape')"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " LEFT JOIN pg_type y ON y.oid = a.atttypid"
            " WHERE t.tgfoid = 'audit_keep'::regproc AND t.tgname = 'values_insert'"
            " AND (y.typname = 'bytea' OR a.attname ~ %s)",
            ["|".join(SECRET)],
        )
        assert [(table, column) for table, column, left in cursor.fetchall() if column not in left] == []


def test_places_are_kept_too(world: dict[str, Any]):
    place = world["people"][0].place
    Place.objects.filter(pk=place.pk).update(floor="3층")
    assert kept(world)[0].after == {"floor": ["3층"]}
