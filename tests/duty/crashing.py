"""A crash between any two statements: everything since the last commit is gone, and the process with it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLES = ("duty_duty", "duty_claim", "duty_telling", "duty_report", "duty_ladder", "outbox_message", "audit_entry")


class Crash(BaseException):
    """No `except Exception` catches it, as nothing catches a SIGKILL."""


@contextmanager
def crash_before(statement: int) -> Iterator[None]:
    """Die before the so-maniest statement (0: live on)."""
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ROLE")):
            seen += 1
            if seen == statement:
                raise Crash
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def everything() -> str:
    """A fingerprint of all that the kernel holds."""
    chain = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT string_agg(t::text, '|' ORDER BY id) FROM {table} t")
            chain.update(str(cursor.fetchone()).encode())
    return chain.hexdigest()
