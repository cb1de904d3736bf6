"""What the benches of the kernel stand on: an office with as many duties as are asked for, and what a query costs."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

MANY = """
INSERT INTO duty_duty (ref, kind, what, "values", page, urgent, drill, due_at, opened_at, office_id, ladder_id, rungs,
                       look_at, raised_why, step, turn, outcome, note, confirmed_by)
SELECT gen_random_uuid(), 'bench.owed', 'Something is owed.', '{}', '', %(urgent)s, false, due, due, d.office_id,
       d.ladder_id, d.rungs, due, '', 0, 0, '', '', ''
FROM (SELECT *, %(from)s::timestamptz + n * %(apart)s::interval AS due
      FROM duty_duty, generate_series(1, %(many)s) n WHERE id = %(like)s) d
"""


class World:
    """An office with a ladder that somebody answers, and as many duties on it as are asked for."""

    def __init__(self) -> None:
        from tests import make

        make.role("owner")
        self.office = make.office()
        self.person = make.person(self.office)
        roster = make.roster(self.office, self.person)
        self.like = make.duty(on=make.ladder(self.office, make.rung(roster)), due_at=make.NOON + timedelta(days=9))
        self.now = make.NOON

    def open(self, many: int, since: datetime, apart: timedelta, urgent: bool = True) -> None:
        """So many duties, due one after the other."""
        ask(MANY, {"urgent": urgent, "from": since, "apart": apart, "many": many, "like": self.like.pk})
        ask("VACUUM (ANALYZE) duty_duty")

    def empty(self) -> None:
        """Nothing is owed any more but the one that the others are made like."""
        ask("TRUNCATE duty_telling, outbox_message, audit_entry, duty_claim CASCADE")
        ask("DELETE FROM duty_duty WHERE id <> %(like)s", {"like": self.like.pk})
        ask("VACUUM duty_duty")


def ask(query: str, values: dict[str, Any] | None = None) -> Any:
    """Ask the database as a superuser; the rows, if there are any."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else None


def pages(query: str, values: tuple[Any, ...]) -> int:
    """How many pages of the database a query reads."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", values)
        plan = cursor.fetchone()[0][0]["Plan"]
        transaction.set_rollback(True)
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def asked(work: Callable[[], None]) -> list[tuple[str, tuple[Any, ...]]]:
    """What a piece of work asks of the database."""
    from django.db import connection

    found: list[tuple[str, tuple[Any, ...]]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return [(sql, params) for sql, params in found if sql.startswith("SELECT")]


def quickest(work: Callable[[], None], times: int = 30) -> float:
    """Seconds that a piece of work takes, the best of several."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)
