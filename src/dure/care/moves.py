"""As of a day another provider serves somebody: decided beforehand, carried out on the day, and nobody is lost."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import line, write
from dure.care.alarms import end_service
from dure.care.following import follow
from dure.care.models import PROGRAMME, WAITING, Absence, Ended, Move, Recipient, Visit
from dure.cases.aftermath import goes_along
from dure.duty.models import Duty
from dure.duty.opening import hand_to
from dure.errors import Refused
from dure.people.models import Organisation, Person


@transaction.atomic
def decide(moves: Sequence[Move], *, by: Person, now: datetime) -> None:
    """From its day on each of these moves holds; visits of that day that are opened already are the new one's."""
    here = {move.recipient_id: move.recipient for move in moves}
    other = Move.objects.filter(WAITING, recipient__in=here).order_by("day").first()
    if other:
        said = {"day": other.day}
        raise Refused(_("For somebody here a change on %(day)s is decided already. Take that back first.") % said)
    for move in moves:
        move.was_id, move.made_at, move.made_by = move.recipient.provider_id, now, by
    Move.objects.bulk_create(moves)
    write(line(at=now, who=by, did="decided a move", about=each) for each in here.values())
    if moves:
        follow(by.office_id, list(here), by=by, now=now)


@transaction.atomic
def take_back(moves: Collection[Move], *, by: Person, now: datetime) -> None:
    """These moves don't take place; visits that are opened already are theirs again who serve now."""
    mine = Move.objects.filter(WAITING, pk__in=[move.pk for move in moves]).select_for_update(no_key=True, of=("self",))
    waiting = list(mine.select_related("recipient").order_by("pk"))
    Move.objects.filter(pk__in=[move.pk for move in waiting]).update(taken_back_at=now)
    write(line(at=now, who=by, did="took a move back", about=move.recipient) for move in waiting)
    if waiting:
        follow(by.office_id, [move.recipient_id for move in waiting], by=by, now=now)


@transaction.atomic
def carry_out(office: int, now: datetime) -> int:
    """Move everybody whose day has come; how many. Safe to run at any time and again: what is done is done once."""
    due = Move.objects.filter(WAITING, office_id=office, day__lte=clock.local(now).date()).order_by("recipient_id")
    moves = list(due.select_for_update(no_key=True, of=("self",)).select_related("provider", "made_by"))
    people = Recipient.objects.filter(pk__in=[move.recipient_id for move in moves]).order_by("pk")
    here = {each.pk: each for each in people.select_for_update(no_key=True, of=("self",))}
    together: dict[tuple[Person, int, Organisation | None], list[Move]] = defaultdict(list)
    for move in moves:
        move.recipient = here[move.recipient_id]
        if move.recipient.provider_id == move.was_id and move.recipient.ended_on is None:
            together[move.made_by, move.was_id, move.provider].append(move)
    for (by, was, to), mine in together.items():
        if to is None:
            _end(mine, by, now)
        else:
            _go(mine, was, to, by, now)
    Move.objects.filter(pk__in=[move.pk for move in moves]).update(done_at=now)
    return len(moves)


def _end(moves: Sequence[Move], by: Person, now: datetime) -> None:
    for move in moves:
        end_service(move.recipient, why=move.why, how=move.how or Ended.OTHER, since=move.day, by=by, now=now)
    write(line(at=now, who=by, did="ended", about=move.recipient) for move in moves)


def _go(moves: Sequence[Move], was: int, to: Organisation, by: Person, now: datetime) -> None:
    """These recipients are with another provider from now on, and what is owed to them goes along."""
    people = [move.recipient for move in moves]
    for move in moves:
        there = Recipient.objects.filter(pk=move.recipient_id)
        there.update(provider=to, route=move.route_id, route_order=move.order)
    write(line(at=now, who=by, did="moved", about=each, why=str(to.ref)) for each in people)
    follow(by.office_id, [each.pk for each in people], by=by, now=now)
    hand_to(_owed(people, was), to.pk, by=by, now=now)
    goes_along(PROGRAMME, [each.ref for each in people], was, to.pk, by=by, now=now)


def _owed(people: Collection[Recipient], was: int) -> list[Duty]:
    """What was to be done for these people. A visit of a day before stays whose it was: its day is the old one's."""
    mine = Duty.objects.filter(organisation=was, closed_at=None, drill=False).exclude(kind="care.visit")
    found = list(mine.select_related("ladder").order_by("pk"))
    about = [duty.about for duty in found if duty.about]
    theirs = {each.ref for each in people}
    for model in (Visit, Absence):
        theirs.update(model._default_manager.filter(recipient__in=people, ref__in=about).values_list("ref", flat=True))
    return [duty for duty in found if duty.about in theirs]
