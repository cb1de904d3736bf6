"""Having a list applied or taken back: while the person waits when it is short, by the jobs when it is long."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dure.audit.actions import note
from dure.health import jobs
from dure.imports import actions
from dure.imports.kinds import Kind, Scope
from dure.imports.models import Asked, Upload

SHORT = 500  # rows
AGAIN = timedelta(minutes=10)  # after which it may be asked for once more


@transaction.atomic
def ask(upload: Upload, kind: Kind, scope: Scope, what: Asked, *, digest: str = "", whole: bool = False) -> None:
    """Somebody asks to apply the list or to take it back. Pressed twice, it is asked for once."""
    check = actions.still_open if what == Asked.APPLY else actions.may_be_undone
    check(upload)
    free = Q(asked_at=None) | Q(asked_at__lt=scope.now - AGAIN)
    asked = Upload.objects.filter(free, pk=upload.pk).update(
        asked_at=scope.now, asked_by=scope.by, asked_for=what, digest=digest, whole=whole, stopped_at=None,
        stopped_why="",
    )  # fmt: skip
    if not asked:
        return
    if _is_long(upload):
        note(at=scope.now, who=scope.by, did=f"list asked to {what}", about=upload, why=upload.kind)
        jobs.ask("imports.carry_out", upload=str(upload.ref))
    else:
        carry_out(upload, kind, scope)


@transaction.atomic
def carry_out(upload: Upload, kind: Kind, scope: Scope) -> None:
    """Do what was asked for, all of it in one transaction. Done twice, it is done once."""
    upload = actions.locked(upload)
    if upload.asked_at is None:
        return
    if upload.asked_for == Asked.APPLY:
        actions.apply(upload, kind, scope, digest=upload.digest, whole=upload.whole)
    else:
        actions.undo(upload, kind, scope)


def stop(upload: Upload, why: str, *, now: datetime) -> None:
    """What was asked for came to nothing. The list is as it was before, and says why."""
    asked = Upload.objects.filter(pk=upload.pk, asked_at__isnull=False)
    asked.update(asked_at=None, stopped_at=now, stopped_why=why[:500])


def _is_long(upload: Upload) -> bool:
    """Whether it takes longer than a person waits; also when another list of this kind is being worked on."""
    rows = upload.changes.count() if upload.applied_at else _rows(upload)
    others = Upload.objects.filter(kind=upload.kind, asked_at__isnull=False).exclude(pk=upload.pk)
    return rows > SHORT or others.exists()


def _rows(upload: Upload) -> int:
    sheet, header = actions.table(upload)
    return len(sheet.rows) - header.last
