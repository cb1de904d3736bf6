"""Whether the record is whole: every line hashed anew against its seal, every seal against the one before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from dure.audit.actions import FIRST, digest
from dure.audit.anchors import Anchor
from dure.audit.models import Entry, Seal

AT_ONCE = 20_000  # lines held in memory
KEPT = timedelta(days=730)  # for so long nothing of the record is let go


@dataclass
class Found:
    """What was looked at, and what doesn't fit."""

    lines: int = 0
    seals: int = 0
    broken: list[Seal] = field(default_factory=list)  # lines changed, taken away, added or put into another order
    cut: list[Anchor] = field(
        default_factory=list
    )  # kept elsewhere on that day, and the chain doesn't hold it any more
    let_go: int = 0  # lines that aren't there any more because their time was over: the record itself says so
    let_go_on: date | None = None

    @property
    def whole(self) -> bool:
        return not self.broken and not self.cut


def verify(anchors: Iterable[Anchor] = ()) -> Found:
    """Look at every line. Only lines of the last minute have no seal yet; whoever rewrites the whole chain is found by
    the anchors that were kept elsewhere."""
    found, previous, gone = Found(), FIRST, _gone(anchors := list(anchors))
    newest = Seal.objects.order_by("-id").values_list("id", flat=True).first() or 0  # what is sealed meanwhile is left
    lines = groupby(_lines(newest), key=lambda entry: entry.seal_id)
    of, entries = next(lines, (None, iter(())))
    for seal in Seal.objects.filter(id__lte=newest).order_by("id").iterator(AT_ONCE):
        if gone and seal.pk <= gone.seal_id and of != seal.pk:
            found.seals, found.let_go, found.let_go_on = found.seals + 1, found.let_go + seal.lines, gone.on
            if seal.previous != previous:
                found.broken.append(seal)
            previous = seal.sha256
            continue
        mine = list(entries) if of == seal.pk else []
        if of == seal.pk:
            of, entries = next(lines, (None, iter(())))
        found.seals, found.lines = found.seals + 1, found.lines + len(mine)
        if (seal.previous, seal.lines, seal.sha256) != (previous, len(mine), digest(seal.previous, mine)):
            found.broken.append(seal)
        previous = seal.sha256
    found.cut = [each for each in anchors if not Seal.objects.filter(sha256=each.sha256).exists()]
    return found


@dataclass(frozen=True)
class Gone:
    """Up to which seal the lines were let go, and when."""

    seal_id: int
    on: date


def _gone(anchors: list[Anchor]) -> Gone | None:
    """What the record says of its own beginning. It explains nothing that an anchor shows to be too young to go."""
    said = Entry.objects.filter(office_id=0, did="let go", about__startswith="seal ").order_by("-id")
    for entry in said:
        number, sha256 = int(entry.about.split()[1]), entry.why.split()[-1]
        on = entry.at.date()
        young = [each.sha256 for each in anchors if each.day > on - KEPT]
        if not Seal.objects.filter(pk=number, sha256=sha256).exists():
            continue
        if not Seal.objects.filter(pk__lte=number, sha256__in=young).exists():
            return Gone(number, on)
    return None


def _lines(newest: int) -> Iterator[Entry]:
    return Entry.objects.filter(seal__lte=newest).order_by("seal", "id").iterator(AT_ONCE)
