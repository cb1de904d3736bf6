"""Once a day the newest seal is written into a file beside the back-ups, which lie elsewhere than the data base.

Whoever may change everything in the data base could hash a changed record anew from its first line. The chain would fit
in itself, and not what was kept outside.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dure.audit.models import Seal

NAME, VERIFIED = "anchors.txt", "verified.txt"


@dataclass(frozen=True)
class Anchor:
    """The newest seal of a day."""

    day: date
    sha256: str


def drop(folder: Path, day: date) -> Anchor | None:
    """Write down the newest seal, once a day; None when that is done or nothing is sealed yet."""
    newest = Seal.objects.order_by("-id").values_list("sha256", flat=True).first()
    if newest is None or any(each.day == day for each in kept(folder / NAME)):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    made = Anchor(day, newest)
    with (folder / NAME).open("a+") as file:
        file.seek(0)
        before = file.read()
        if before and not before.endswith("\n"):  # half a line of a machine that fell
            file.write("\n")
        file.write(f"{made.day} {made.sha256}\n")
    return made


def kept(file: Path) -> list[Anchor]:
    """All that were written down; a line that isn't one is left out, half a line of a machine that fell too."""
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [Anchor(date.fromisoformat(day), sha256) for day, sha256 in filter(_is_one, lines)]


def verified(folder: Path, real: datetime) -> None:
    """The whole record was hashed anew and is whole: the moment is written down beside what was kept outside."""
    with suppress(OSError):  # somebody else's folder, from which is only read
        (folder / VERIFIED).write_text(f"{real.isoformat(timespec='seconds')}\n")


def verified_at(folder: Path) -> datetime | None:
    """When it was last found whole; None when that isn't known."""
    try:
        return datetime.fromisoformat((folder / VERIFIED).read_text().strip())
    except (OSError, ValueError):
        return None


def _is_one(line: list[str]) -> bool:
    try:
        return len(line) == 2 and len(line[1]) == 64 and bool(date.fromisoformat(line[0]))
    except ValueError:
        return False
