"""Whether the record is whole: every line hashed anew against its seal, every seal against the one before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from dure.audit.actions import FIRST, digest
from dure.audit.anchors import Anchor
from dure.audit.models import Entry, Seal

AT_ONCE = 20_000  # lines held in memory


@dataclass
class Found:
    """What was looked at, and what doesn't fit."""

    lines: int = 0
    seals: int = 0
    broken: list[Seal] = field(default_factory=list)  # lines changed, taken away, added or put into another order
    cut: list[Anchor] = field(
        default_factory=list
    )  # kept elsewhere on that day, and the chain doesn't hold it any more

    @property
    def whole(self) -> bool:
        return not self.broken and not self.cut


def verify(anchors: Iterable[Anchor] = ()) -> Found:
    """Look at every line. Only lines of the last minute have no seal yet; whoever rewrites the whole chain is found by
    the anchors that were kept elsewhere."""
    found, previous = Found(), FIRST
    newest = Seal.objects.order_by("-id").values_list("id", flat=True).first() or 0  # what is sealed meanwhile is left
    lines = groupby(_lines(newest), key=lambda entry: entry.seal_id)
    of, entries = next(lines, (None, iter(())))
    for seal in Seal.objects.filter(id__lte=newest).order_by("id").iterator(AT_ONCE):
        mine = list(entries) if of == seal.pk else []
        if of == seal.pk:
            of, entries = next(lines, (None, iter(())))
        found.seals, found.lines = found.seals + 1, found.lines + len(mine)
        if (seal.previous, seal.lines, seal.sha256) != (previous, len(mine), digest(seal.previous, mine)):
            found.broken.append(seal)
        previous = seal.sha256
    found.cut = [each for each in anchors if not Seal.objects.filter(sha256=each.sha256).exists()]
    return found


def _lines(newest: int) -> Iterator[Entry]:
    return Entry.objects.filter(seal__lte=newest).order_by("seal", "id").iterator(AT_ONCE)
