"""One night's run in one office: what is due goes in batches, each in a transaction of its own."""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from dure.audit.actions import line, write
from dure.health.erased import put_down
from dure.offices.retention import purposes
from dure.retention.asking import ask
from dure.retention.models import Run

AT_ONCE = 1_000  # rows of a batch


def let_go(office: int, now: datetime, *, folder: Path, real: datetime, at_once: int = AT_ONCE) -> Run | None:
    """Begin tonight's run or go on with the one that was broken off; a person is asked where the data base says so."""
    run = begin(office)
    if run.waits:
        ask(run, now)
        return run
    for purpose in purposes():
        while batch(run, purpose.key, purpose.table, now, folder=folder, real=real, at_once=at_once):
            pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT dure_end_run(%s)", [run.pk])
    run.refresh_from_db()
    return run


@transaction.atomic
def begin(office: int) -> Run:
    """The run that isn't over yet, or tonight's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dure_begin_run()")
        (number,) = cursor.fetchone()
    return Run.objects.get(office_id=office, pk=number)


@transaction.atomic
def batch(run: Run, key: str, table: str, now: datetime, *, folder: Path, real: datetime, at_once: int) -> int:
    """Some rows of one purpose, with their line on the record; how many.

    Their numbers lie beside the back-ups before they are gone: a copy from before is brought back without them.
    """
    if not run.found.get(key):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT dure_let_go(%s, %s, %s)", [run.pk, key, at_once])
        (ids,) = cursor.fetchone()
    if not ids:
        return 0
    write([line(at=now, who=None, did="let go", about=run, why=f"{key} {len(ids)}")])
    put_down(folder, real, run.office_id, key, ids)
    return len(ids)
