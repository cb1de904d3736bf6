"""A copy from before doesn't bring anybody back, and copies themselves expire."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from dure.health import backup, erased
from tests.health.test_backup import KEY, databases, original  # noqa: F401

BEFORE = datetime(2026, 11, 28, 17, 30, tzinfo=UTC)
SECRET = "비밀한마디"
SOMEBODY = """
WITH o AS (SELECT id FROM offices_office LIMIT 1),
     p AS (INSERT INTO places_place (ref, office_id, address, entrance, floor, door_code, key_place, hazard,
           slow_minutes)
           SELECT gen_random_uuid(), id, %(s)s::text, '', '', %(s)s::text, '', '', 0 FROM o RETURNING id, office_id)
SELECT id, office_id FROM p
"""


def place(url: str) -> tuple[int, int]:
    with psycopg.connect(url) as connection:
        found = connection.execute(SOMEBODY, {"s": SECRET}).fetchone()
        assert found
        return found


def door_code(url: str, number: int) -> tuple[str, str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT door_code, address FROM places_place WHERE id = %s", [number]).fetchone()
        assert found
        return found


def test_what_was_let_go_since_goes_again(original: str, databases, tmp_path: Path):  # noqa: F811
    number, office = place(original)
    other, _ = place(original)
    file = backup.make(original, tmp_path, KEY, room=tmp_path / "room", now=BEFORE)
    erased.put_down(tmp_path, BEFORE - timedelta(days=1), office, "entrance", [other])
    erased.put_down(tmp_path, BEFORE + timedelta(hours=1), office, "entrance", [number])
    erased.put_down(tmp_path, BEFORE + timedelta(hours=1), office + 1, "addresses", [number])

    copy = databases()
    assert backup.restore(file, copy, KEY, room=tmp_path / "room") == 1
    assert door_code(copy, number) == ("—", SECRET)
    assert door_code(copy, other) == (SECRET, SECRET)  # went before the copy was made; typed in anew since


def test_half_a_line_of_a_machine_that_fell_is_left_out(tmp_path: Path):
    erased.put_down(tmp_path, BEFORE, 1, "entrance", [1])
    [file] = (tmp_path / erased.FOLDER).glob("*.txt")
    with file.open("a") as torn:
        torn.write('["2026-11-28T17')
    erased.put_down(tmp_path, BEFORE, 1, "entrance", [2])
    assert [each.ids for each in erased.since(tmp_path, BEFORE)] == [[1], [2]]
    assert list(erased.since(tmp_path, BEFORE + timedelta(seconds=1))) == []


def test_copies_expire_by_number_and_by_age_and_never_the_newest(tmp_path: Path):
    for days in (0, 1, 34, 36, 200):
        (tmp_path / f"dure-{BEFORE - timedelta(days=days):%Y-%m-%dT%H%M%SZ}.backup").touch()
    for days in (1, 36, 100):
        erased.put_down(tmp_path, BEFORE - timedelta(days=days), 1, "entrance", [1])
    backup.expire(tmp_path, kept=9, days=35, real=BEFORE)
    assert [(BEFORE - backup.made_at(each)).days for each in backup.copies(tmp_path)] == [34, 1, 0]
    assert len(list((tmp_path / erased.FOLDER).glob("*.txt"))) == 1
    backup.expire(tmp_path, kept=2, days=35, real=BEFORE)
    assert len(backup.copies(tmp_path)) == 2
    backup.expire(tmp_path, kept=2, days=35, real=BEFORE + timedelta(days=400))
    assert [backup.made_at(each) for each in backup.copies(tmp_path)] == [BEFORE]
