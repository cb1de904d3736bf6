"""The parts of an inspection in order. Each is a function from what is meant to what it says: add one here."""

from collections.abc import Callable, Sequence

from dure.care.inspections import changes, complaints, days, emergencies, kitchen, paid, staff, together
from dure.care.inspections.meant import Meant, Part

PARTS: Sequence[Callable[[Meant], Part]] = (
    staff.part,
    together.meetings,
    together.circulars,
    kitchen.samples,
    kitchen.temperatures,
    days.visits,
    days.different,
    emergencies.part,
    complaints.part,
    paid.part,
    changes.part,
)


def parts(meant: Meant) -> list[Part]:
    """All of them. A fixed number of queries, however long the days and however many the rows."""
    return [each(meant) for each in PARTS]
