"""Which of several witnesses counts. Pure: the same sightings give the same answer in whatever order they came."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from dure.care.models import Outcome
from dure.duty.models import ORDER_OF_GRAVITY

SEEN = {Outcome.SEEN_WELL, Outcome.SEEN_WITH_CONCERN}
SETTLES = {*SEEN, Outcome.KNOWN_SAFE}


class Witness(Protocol):
    """What of a sighting decides what counts. `answers`: the case that its author knew of."""

    outcome: str
    danger: bool
    handed: str
    at: datetime
    answers: UUID | None


W = TypeVar("W", bound=Witness)


def gravity(witness: Witness) -> int:
    """Place in the order of gravity; 0 is the gravest."""
    return ORDER_OF_GRAVITY.index("danger" if witness.danger else str(witness.outcome))


def overrules(later: Witness, earlier: Witness) -> bool:
    """Whether a sighting makes an earlier one a matter of the past.

    A no-reply gives way only to somebody who knew of its case and found the person afterwards. Who didn't go saw
    nothing: whoever went afterwards overrules it. A danger sign gives way to nobody.
    """
    if earlier.danger or earlier is later:
        return False
    if earlier.outcome == Outcome.NO_REPLY:
        return later.answers is not None and later.outcome in SETTLES and later.at >= earlier.at
    if earlier.outcome == Outcome.NOT_ATTEMPTED:
        return later.outcome != Outcome.NOT_ATTEMPTED and later.at > earlier.at
    return False


def still_standing(sightings: Sequence[W]) -> list[W]:
    """The sightings that no other one overrules."""
    return [s for s in sightings if not any(overrules(other, s) for other in sightings)]


def what_counts(sightings: Sequence[W]) -> W:
    """The gravest of those that stand; of two equally grave ones the first seen."""
    return min(still_standing(sightings), key=lambda s: (gravity(s), s.at, counted_as(s), s.handed))


def counted_as(witness: Witness) -> Outcome:
    """The outcome of a visit by the sighting that counts. Danger is never counted as well, nor as nothing."""
    if not witness.danger or witness.outcome in {Outcome.NO_REPLY, Outcome.SEEN_WITH_CONCERN}:
        return Outcome(witness.outcome)
    return Outcome.SEEN_WITH_CONCERN if witness.outcome == Outcome.SEEN_WELL else Outcome.NO_REPLY


def handed_as(sightings: Sequence[W], counts: W) -> str:
    """How the meal was handed over: as the sighting that counts says, else as the last one that says anything."""
    last = max((s for s in sightings if s.handed), key=lambda s: (s.at, s.handed), default=counts)
    return counts.handed or last.handed


def contradict(one: Witness, other: Witness) -> bool:
    """Whether two sightings can't both be so. Danger and a concern can, danger and no reply as well."""
    if one.danger or other.danger:
        calm = other if one.danger else one
        return not calm.danger and calm.outcome not in {Outcome.NO_REPLY, Outcome.SEEN_WITH_CONCERN}
    return one.outcome != other.outcome


def contradicted(fresh: W, sightings: Iterable[W]) -> list[W]:
    """Those of the standing sightings that a standing fresh one contradicts."""
    standing = still_standing(list(sightings))
    return [s for s in standing if s is not fresh and fresh in standing and contradict(fresh, s)]
