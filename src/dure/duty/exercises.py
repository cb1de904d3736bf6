"""An exercise: the procedure with chosen people only. Whatever is owed in it tells nobody else."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dure.duty.models import Exercise, Participant
from dure.errors import Refused
from dure.people.models import Membership, Role, Roster

STANDS_FOR = {  # for whom on the contact order somebody of this role stands in an exercise
    Role.PROVIDER: ("desk",),
    Role.CENTRE: ("centre",),
    Role.OFFICER: ("oncall", "officer"),
    Role.ADMIN: ("oncall", "officer"),
}


def running(office: int) -> Exercise | None:
    """The exercise that an office holds at this moment. There is one at a time."""
    return Exercise.objects.filter(office=office, ended_at=None).first()


def participants(office: int) -> list[int]:
    """Who takes part in the exercise that runs; nobody when none does."""
    mine = Participant.objects.filter(exercise__office=office, exercise__ended_at=None)
    return list(mine.order_by("id").values_list("person_id", flat=True))


def rungs_with(office: int, rungs: Sequence[dict[str, Any]], order: Sequence[dict[str, Any]], day: date) -> Any:
    """An order as it is bound in an exercise: at each step those who take part and stand for it, and nobody else.

    `order` says of each step who is meant, `rungs` what it is bound to outside an exercise.
    """
    taking_part = participants(office)
    if not taking_part:
        raise Refused(_("The exercise is over: nobody is told any more."))
    stands: dict[str, list[int]] = defaultdict(list)
    held = Membership.objects.on(day).filter(person__in=taking_part).order_by("id")
    for person, role in held.values_list("person_id", "role"):
        for who in STANDS_FOR.get(Role(role), ()):
            stands[who] += [] if person in stands[who] else [person]
    answers = dict(
        Roster.objects.filter(pk__in=[r["roster"] for r in rungs if r["roster"]]).values_list("pk", "answers_for")
    )
    bound = []
    for rung, meant in zip(rungs, order, strict=True):
        named = [rung["person"]] if rung["person"] in taking_part else []
        persons = named or stands[meant.get("who") or answers.get(rung["roster"], "")]
        if persons:
            bound.append({**rung, "roster": None, "person": None, "persons": persons})
    everyone = {"roster": None, "person": None, "persons": taking_part, "wait": rungs[-1]["wait"], "channels": []}
    return bound or [everyone]
