"""The watch: looks at every duty whose moment has come, and tells who is to be told. It fits on one screen.

It reads the facts of a whole batch, calculates each move (`ladder.next_move`, pure) and applies them in one
transaction. If the batch fails it is repeated row by row, and one bad row is set aside for a minute as a fault.
Any number of watchers may run: each takes rows that no other has in hand.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from dure.duty import applying, rising
from dure.duty.facts import gather
from dure.duty.ladder import Move, next_move
from dure.duty.models import Duty
from dure.health.actions import fault
from dure.offices.acting import acting

log = logging.getLogger(__name__)
ASIDE = timedelta(minutes=1)
Hooks = Mapping[str, Callable[[Duty, datetime], None]]


def sweep(now: datetime, hooks: Hooks | None = None, batch: int = 200) -> int:
    """Look at all whose moment has come, up to a batch; how much there was to do. Call again while it isn't 0."""
    read = rising.failed_and_acknowledged(now, batch)
    try:
        with transaction.atomic():
            return read + _move(_due(now, batch), now, hooks or {})
    except Exception:
        log.exception("a batch of the watch failed; repeating it row by row")
        return read + _one_by_one(now, hooks or {}, batch)


def _due(now: datetime, batch: int, only: int | None = None) -> list[Duty]:
    due = Duty.objects.filter(closed_at=None, look_at__lte=now).order_by("look_at")
    if only is not None:
        due = due.filter(pk=only)
    return list(due.select_for_update(skip_locked=True, no_key=True)[:batch])


def _move(duties: Sequence[Duty], now: datetime, hooks: Hooks, *, alone: bool = False) -> int:
    if not duties:
        return 0
    facts = gather(duties, now)
    moves: list[tuple[Duty, Move]] = [(d, next_move(facts.of(d, now), facts.ladder(d), now)) for d in duties]
    applying.apply(moves, facts, now)
    for duty, move in sorted(moves, key=lambda each: each[0].office_id):  # as all watchers do
        if move.raises and duty.kind in hooks:
            _hook(duty, hooks, now, alone)
    return len(duties)


def _hook(duty: Duty, hooks: Hooks, now: datetime, alone: bool) -> None:
    """What the programme does when a duty is raised. If it can't, telling goes on all the same, and it is a fault.

    What was only in the way of somebody else (a deadlock, a lock that took too long) is tried again alone.
    """
    try:
        with transaction.atomic(), acting(duty.office_id):
            hooks[duty.kind](duty, now)
    except Exception as problem:
        if isinstance(problem, OperationalError) and not alone:
            raise
        log.exception("the hook of %s failed", duty.kind)
        values = {"kind": duty.kind, "problem": type(problem).__name__}
        fault(f"hook {duty.ref}", applying.HOOK_FAILED, values, now=now, office=duty.office_id, outside=True)


def _one_by_one(now: datetime, hooks: Hooks, batch: int) -> int:
    moved = 0
    ids = Duty.objects.filter(closed_at=None, look_at__lte=now).order_by("look_at").values_list("pk", flat=True)
    for pk in list(ids[:batch]):
        try:
            with transaction.atomic():
                moved += _move(_due(now, 1, only=pk), now, hooks, alone=True)
        except Exception as problem:
            log.exception("duty %s can't be moved; set aside for a minute", pk)
            with transaction.atomic():
                _set_aside(pk, problem, now)
            moved += 1
    return moved


def _set_aside(pk: int, problem: Exception, now: datetime) -> None:
    for duty in Duty.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pk, closed_at=None):
        Duty.objects.filter(pk=pk).update(look_at=now + ASIDE, set_aside_at=now)
        values = {"kind": duty.kind, "problem": type(problem).__name__}
        fault(f"aside {duty.ref}", applying.SET_ASIDE, values, now=now, office=duty.office_id, outside=True)
