"""What proves a person is seen by nobody of another office, and by no process that needn't."""

import pytest
from django.db import Error, connection, transaction

from dure.offices.acting import act
from dure.signing.models import CodeApp, Passkey, RecoveryCode, SignIn
from tests import make
from tests.signing.people import enter, somebody

pytestmark = pytest.mark.django_db
TABLES = ("signing_signin", "signing_codeapp", "signing_recoverycode", "signing_passkey")


@pytest.fixture
def officer():
    officer = somebody()
    enter(officer)
    act(officer.office_id)
    Passkey.objects.create(
        office=officer.office, person=officer, name="x", key_sha256="a" * 64, credential=b"x", made_at=make.NOON
    )
    return officer


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("table", TABLES)
def test_another_office_and_nobody_see_nothing(officer, table):
    assert count(table) > 0
    other = make.office()
    assert count(table) == 0
    with pytest.raises(Error, match="row-level security"), transaction.atomic():
        act(officer.office_id)
        connection.cursor().execute(f"UPDATE {table} SET office_id = %s", [other.pk])
    act(None)
    assert count(table) == 0


def test_a_passkey_is_found_by_its_digest_and_nothing_else_is(officer):
    act(None, key="passkey:" + "a" * 64)
    assert Passkey.objects.count() == 1
    assert not CodeApp.objects.exists() and not RecoveryCode.objects.exists() and not SignIn.objects.exists()
    assert Passkey.objects.update(name="y") == 0
    act(None, key="passkey:" + "b" * 64)
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("table", TABLES[1:])
def test_the_engine_changes_nothing_there(officer, table):
    make.role("engine")
    act(officer.office_id)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"UPDATE {table} SET office_id = office_id")


def test_sign_ins_are_never_deleted_by_the_web(officer):
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        connection.cursor().execute("DELETE FROM signing_signin")
