"""A back-up that was restored for real: every row, every right, and what is refused."""

import io
import os
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.make import NOON

from dure import postgres
from dure.clock import local
from dure.errors import Refused
from dure.health import backup
from dure.health.sealed import PIECE, seal, unseal

KEY = "a key that is long enough"
TABLES = """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"""
RIGHTS = """SELECT c.relname, c.relrowsecurity, c.relacl::text,
    (SELECT array_agg((polname, polroles::regrole[]::text, pg_get_expr(polqual, polrelid))::text ORDER BY polname)
     FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"""


@pytest.fixture
def databases(cluster: postgres.Server, django_db_setup: None):
    """Makes empty databases of the owner, and takes them away again."""
    made: list[str] = []

    def make() -> str:
        name = f"copy_{os.getpid()}_{len(made)}"
        _as_postgres(cluster, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} OWNER dure_owner")
        made.append(name)
        return cluster.url("dure_owner", name)

    yield make
    _as_postgres(cluster, *(f"DROP DATABASE {name} WITH (FORCE)" for name in made))


def _as_postgres(cluster: postgres.Server, *statements: str) -> None:
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        whole = sql.SQL("SELECT * FROM {} t ORDER BY t::text")
        return {n: connection.execute(whole.format(sql.SQL(n))).fetchall() for n in names}  # type: ignore[arg-type]


def rights(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(RIGHTS).fetchall()


@pytest.fixture
def original(cluster: postgres.Server, databases, tmp_path: Path) -> str:
    """The tests' schema with an office in it, a person, a line of the record not yet sealed, and a few MiB."""
    url, plain = databases(), tmp_path / "schema"
    postgres.dump(cluster.url("dure_owner", "test_dure"), plain)
    postgres.load(plain, url)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM audit_entry")
        office = "INSERT INTO offices_office (ref, name, zone, language, is_demo) VALUES"
        connection.execute(f"{office} (gen_random_uuid(), '시험구', 'Asia/Seoul', 'ko', true)")
        line = "INSERT INTO audit_entry (office_id, at, did, about, why) SELECT id, now(), 'opened', 'duty 1', ''"
        connection.execute(f"{line} FROM offices_office")
        noise = "SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 70000)"
        session = "INSERT INTO django_session (session_key, session_data, expire_date)"
        connection.execute(f"{session} SELECT 'k', ({noise}), now()")
    return url


def test_every_row_and_every_right_comes_back(original: str, databases, tmp_path: Path):
    file = backup.make(original, tmp_path / "kept", KEY, room=tmp_path / "room", now=NOON)
    assert file.name == "dure-2026-11-23T030000Z.backup" and file.stat().st_mode & 0o777 == 0o600

    copy = databases()
    backup.restore(file, copy, KEY, room=tmp_path / "room")

    before, after = rows(original), rows(copy)
    assert set(before) == set(after) and len(before) > 30 and before["django_session"]
    entry, restored = before.pop("audit_entry"), after.pop("audit_entry")
    assert after == before
    assert len(entry) == len(restored) == 1 and entry != restored  # the transaction's number is the old server's
    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT xact FROM audit_entry").fetchall() == [(0,)]
    assert rights(copy) == rights(original)
    assert list((tmp_path / "room").glob("backup-*")) == []  # nothing unsealed is left


def test_without_the_right_key_nothing_is_restored(original: str, databases, tmp_path: Path):
    file = backup.make(original, tmp_path, KEY, room=tmp_path, now=NOON)
    copy = databases()
    with pytest.raises(Refused, match="DURE_BACKUP_KEY"):
        backup.restore(file, copy, KEY + "!", room=tmp_path)
    assert rows(copy) == {}


def test_a_cut_file_restores_nothing(original: str, databases, tmp_path: Path):
    file = backup.make(original, tmp_path, KEY, room=tmp_path, now=NOON)
    whole, copy = file.read_bytes(), databases()
    for length in (3, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(Refused):
            backup.restore(file, copy, KEY, room=tmp_path)
    assert rows(copy) == {}


def test_a_database_that_holds_something_is_left_alone(original: str, tmp_path: Path):
    file = backup.make(original, tmp_path, KEY, room=tmp_path, now=NOON)
    before = rows(original)
    with pytest.raises(Refused, match="--into"):
        backup.restore(file, original, KEY, room=tmp_path)
    assert rows(original) == before


@pytest.mark.django_db
def test_the_last_back_ups_are_kept_and_the_board_learns_when(original: str, tmp_path: Path):
    from tests import make

    from dure.health.models import Beat, Fault

    make.role("owner")
    for day in range(1, 5):
        (tmp_path / f"dure-2026-01-0{day}T000000Z.backup").write_bytes(b"old")
    made = backup.keep(original, tmp_path, KEY, room=tmp_path, kept=3, days=9999, now=NOON)
    assert [p.name[5:15] for p in sorted(tmp_path.glob("*.backup"))] == ["2026-01-03", "2026-01-04", made.name[5:15]]
    assert Beat.objects.get(name="backup").clock_at == NOON

    nowhere = "host=/nonexistent dbname=none"
    with pytest.raises(Refused):
        backup.keep(nowhere, tmp_path, KEY, room=tmp_path, kept=3, days=9999, now=NOON)
    assert Fault.objects.get(key="backup").mended_at is None
    backup.keep(original, tmp_path, KEY, room=tmp_path, kept=3, days=9999, now=NOON)
    assert Fault.objects.get(key="backup").mended_at == NOON


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path):
    key, made = backup.key_in(tmp_path)
    assert made and made.stat().st_mode & 0o777 == 0o600
    assert backup.key_in(tmp_path) == (key, None)
    assert backup.key_in(tmp_path, "given") == ("given", None)
    with pytest.raises(Refused, match="DURE_BACKUP_KEY"):
        backup.key_in(tmp_path / "empty", make_one=False)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_sealed_opens_again_whatever_its_size(size: int):
    given, sealed, opened = os.urandom(size), io.BytesIO(), io.BytesIO()
    seal(io.BytesIO(given), sealed, KEY)
    unseal(io.BytesIO(sealed.getvalue()), opened, KEY)
    assert opened.getvalue() == given


def test_pieces_can_be_neither_swapped_nor_left_out():
    sealed = io.BytesIO()
    seal(io.BytesIO(os.urandom(3 * PIECE)), sealed, KEY)
    whole = sealed.getvalue()
    head, pieces = whole[: -3 * (PIECE + 16)], [whole[-n * (PIECE + 16) :][: PIECE + 16] for n in (3, 2, 1)]
    for wrong in ([0, 1], [1, 0, 2], [0, 2], [0, 1, 1, 2], []):
        with pytest.raises(Refused, match="cut or damaged|damaged|손상"):
            unseal(io.BytesIO(head + b"".join(pieces[n] for n in wrong)), io.BytesIO(), KEY)
    with pytest.raises(Refused):
        unseal(io.BytesIO(b"PK\x03\x04 something else"), io.BytesIO(), KEY)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, True),
        ("22 02:31", True),
        ("23 02:29", True),
        ("23 02:30", False),
        ("23 11:00", False),
        ("23 13:00", True),
    ],
)
def test_the_night_s_back_up_is_owed_from_half_past_two_until_it_is_made(last: str | None, due: bool):
    made = None
    if last:
        day, hour = last.split()
        made = local(NOON).replace(day=int(day), hour=int(hour[:2]), minute=int(hour[3:]))
    assert backup.is_due(made, NOON) is due
