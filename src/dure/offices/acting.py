"""For whom this database connection acts. Unset, it sees nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import TransactionStatus

Organisations = Iterable[int] | None  # None: the whole office

SET = (
    "SELECT set_config('dure.office', %s, false), set_config('dure.person', %s, false),"
    " set_config('dure.organisations', %s, false), set_config('dure.key', %s, false)"
)


def act(office: int | None, person: int | None = None, organisations: Organisations = None, key: str = "") -> None:
    """From here on this connection sees what this person of this office may see. Pair it with `rest`."""
    scope = "*" if organisations is None else ",".join(str(o) for o in sorted(organisations)) or "0"
    with connection.cursor() as cursor:
        cursor.execute(SET, [str(office or ""), str(person or ""), scope if office else "", key])


def rest() -> None:
    """This connection acts for nobody and sees nothing."""
    with connection.cursor() as cursor:
        cursor.execute(SET, ["", "", "", ""])


@contextmanager
def acting(
    office: int | None, person: int | None = None, organisations: Organisations = None, key: str = ""
) -> Iterator[None]:
    """Act for an office, or by a key, inside the block, and for whoever it was before afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('dure.' || name, true), '')"
            " FROM unnest(ARRAY['office', 'person', 'organisations', 'key']) WITH ORDINALITY AS s(name, n) ORDER BY n"
        )
        before = [row[0] for row in cursor.fetchall()]
    act(office, person, organisations, key)
    try:
        yield
    finally:
        if not _to_be_rolled_back():
            with connection.cursor() as cursor:
                cursor.execute(SET, before)


def _to_be_rolled_back() -> bool:
    """Whether the transaction has failed. Its rollback takes back for whom it acted, and nothing else can be said."""
    open_now = connection.connection
    failed = open_now is not None and open_now.info.transaction_status == TransactionStatus.INERROR
    return failed or connection.needs_rollback
