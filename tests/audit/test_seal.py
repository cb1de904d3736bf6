"""The record is sealed afterwards; a changed, removed or added line no longer fits its seal."""

from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from tests import apart, make
from tests.make import NOON

from dure import clock
from dure.audit import anchors
from dure.audit.actions import about, line, note, seal, write
from dure.audit.looks import Look
from dure.audit.models import Entry, Seal
from dure.audit.verify import verify

pytestmark = pytest.mark.django_db
ENDED = "UPDATE audit_entry SET xact = 0 WHERE seal_id IS NULL"  # the test's own transaction is still running
OF_THE_FIRST = "WHERE id = (SELECT min(id) FROM audit_entry)"
OF_THE_LAST = "WHERE id = (SELECT max(id) FROM audit_entry)"


def superuser(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")
        cursor.execute(sql)
    make.role("app")


def sealed(most: int = 10_000) -> int:
    superuser(ENDED)
    make.role("engine")
    try:
        return seal(NOON, most)
    finally:
        make.role("app")


def broken() -> int:
    make.role("engine")
    try:
        return len(verify().broken)
    finally:
        make.role("app")


@pytest.fixture
def office():
    office = make.office()
    for number in range(5):
        note(at=NOON + timedelta(seconds=number), who=number, did="looked", about=make.organisation(office))
    Look(office.pk, 5, NOON, "10.0.0.9", "page care:recipients").write({uuid4(), uuid4()})
    assert [sealed(most=2) for _ in range(4)] == [2, 2, 2, 0]
    return office


def test_seals_form_a_chain(office):
    first, second, third = Seal.objects.order_by("id")
    assert (first.previous, second.previous, third.previous) == ("0" * 64, first.sha256, second.sha256)
    assert [made.lines for made in (first, second, third)] == [2, 2, 2]
    assert broken() == 0


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (f"UPDATE audit_entry SET did = 'slept' {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET who_id = NULL {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET at = at + interval '1 us' {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET office_id = 0 {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET about = 'x' {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET why = 'x' {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET source = '10.0.0.1' {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET whose = '{{{uuid4()}}}' {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET whose = '{{}}' {OF_THE_LAST}", 1),
        (f"UPDATE audit_entry SET id = (SELECT max(id) + 1 FROM audit_entry) {OF_THE_FIRST}", 1),  # another order
        (f"DELETE FROM audit_entry {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET seal_id = NULL {OF_THE_FIRST}", 1),
        (f"UPDATE audit_entry SET seal_id = seal_id + 1 {OF_THE_FIRST}", 2),
        ("INSERT INTO audit_entry (office_id, at, did, about, why, seal_id, xact) SELECT office_id, at, did, about,"
         f" why, seal_id, xact FROM audit_entry {OF_THE_FIRST}", 1),
        ("UPDATE audit_seal SET sha256 = repeat('a', 64) WHERE id = (SELECT min(id) FROM audit_seal)", 2),
        ("UPDATE audit_entry SET seal_id = NULL WHERE seal_id = (SELECT min(id) FROM audit_seal);"
         " DELETE FROM audit_seal WHERE id = (SELECT min(id) FROM audit_seal)", 1),
    ],
)  # fmt: skip
def test_tampering_is_found(office, tampering, found):
    superuser(tampering)
    assert broken() == found


def test_who_writes_the_whole_chain_anew_is_found_by_what_was_kept_outside(office, tmp_path):
    make.role("engine")
    assert anchors.drop(tmp_path, date(2026, 11, 23)).sha256 == Seal.objects.latest("id").sha256
    assert anchors.drop(tmp_path, date(2026, 11, 23)) is None  # once a day
    (tmp_path / anchors.NAME).open("a").write("2026-11-24 half a li")
    known = anchors.kept(tmp_path / anchors.NAME)
    assert [each.day for each in known] == [date(2026, 11, 23)]
    anchors.drop(tmp_path, date(2026, 11, 25))  # not onto the half line
    assert [each.day for each in anchors.kept(tmp_path / anchors.NAME)] == [date(2026, 11, 23), date(2026, 11, 25)]
    assert verify(known).whole
    superuser(f"UPDATE audit_entry SET did = 'slept', seal_id = NULL; DELETE FROM audit_seal; {ENDED}")
    assert sealed() == 6
    make.role("engine")
    found = verify(known)
    assert (found.broken, found.cut, found.whole) == ([], known, False)


def test_when_it_was_last_found_whole_lies_beside_what_is_kept_outside(office, tmp_path):
    assert anchors.verified_at(tmp_path) is None
    make.role("engine")
    call_command("audit", "verify", anchors=tmp_path / anchors.NAME, stdout=StringIO())
    known = anchors.verified_at(tmp_path)
    assert known is not None and abs(clock.real() - known) < timedelta(minutes=1)
    superuser(f"UPDATE audit_entry SET did = 'slept' {OF_THE_FIRST}")
    (tmp_path / anchors.VERIFIED).unlink()
    make.role("engine")
    with pytest.raises(SystemExit):
        call_command("audit", "verify", anchors=tmp_path / anchors.NAME, stdout=StringIO())
    make.role("app")
    assert anchors.verified_at(tmp_path) is None
    (tmp_path / anchors.VERIFIED).write_text("half a li")
    assert anchors.verified_at(tmp_path) is None


def test_what_is_written_in_bulk_is_one_statement_and_order_does_not_matter(office, django_assert_num_queries):
    things = [make.organisation(office) for _ in range(50)]
    with django_assert_num_queries(1):
        write(line(at=NOON, who=None, did="looked", about=thing) for thing in things)
    assert sealed() == 50
    assert broken() == 0


def test_the_record_names_things_by_ref_and_never_by_name(office):
    thing = make.organisation(office, name="비밀")
    assert about(thing) == f"organisation {thing.ref}"
    assert Entry.objects.filter(about__contains="비밀").count() == 0


@pytest.fixture(scope="module")
def url(cluster, django_db_setup, django_db_blocker):
    with apart.database(cluster, django_db_blocker) as found:
        yield found


def test_a_line_of_a_running_transaction_waits_for_the_next_seal(url):
    def write_one(through, did):
        through.execute(
            "INSERT INTO audit_entry (office_id, at, did, about, why) VALUES (1, now(), %s, 'x', '')", [did]
        )

    def seal_now():
        code = (
            "from dure.audit.actions import seal; from dure.audit.verify import verify; from dure import clock;"
            " print(seal(clock.real()), verify().broken)"
        )
        return apart.said(apart.program(code, url, "engine"))

    with psycopg.connect(url("engine")) as slow, psycopg.connect(url("engine")) as quick:
        write_one(slow, "slow")
        write_one(quick, "quick")
        quick.commit()
        assert seal_now() == "0 []"  # the older one still runs: nothing above it is final
        slow.commit()
        write_one(slow, "late")
        assert seal_now() == "2 []"
        write_one(quick, "next")
        quick.commit()
        assert seal_now() == "0 []"
        slow.rollback()
        assert seal_now() == "1 []"
