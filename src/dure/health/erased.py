"""Which rows were let go, written down beside the back-ups: a copy from before is brought back without them.

A line is a moment of the machine's time, the office, the purpose and the rows' numbers. It names nobody, and says
nothing without the data base. Days older than the oldest copy are taken out.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

FOLDER = "let-go"
AGAIN = "SELECT dure_let_go_again(%s, %s, %s)"
KNOWN = "SELECT to_regprocedure('dure_let_go_again(text, bigint, bigint[])') IS NOT NULL"


@dataclass(frozen=True)
class Erased:
    """Rows of one purpose that were let go at a moment."""

    at: datetime
    office: int
    key: str
    ids: list[int]


def put_down(folder: Path, at: datetime, office: int, key: str, ids: list[int]) -> None:
    """Write them down, and on the disk, before they are gone."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    with (folder / FOLDER / f"{at.astimezone(UTC):%Y-%m-%d}.txt").open("a+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            broken = file.read(1) != b"\n"  # half a line of a machine that fell
            file.write(b"\n" if broken else b"")
        file.write(json.dumps([at.isoformat(), office, key, ids]).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def since(folder: Path, moment: datetime) -> Iterator[Erased]:
    """What was let go from a moment on."""
    for file in sorted((folder / FOLDER).glob("*.txt")):
        for text in file.read_text().splitlines():
            try:
                at, office, key, ids = json.loads(text)
                found = Erased(datetime.fromisoformat(at), office, key, ids)
            except ValueError:
                continue
            if found.at >= moment:
                yield found


def again(folder: Path, moment: datetime, url: str) -> int | None:
    """In a data base that was just brought back: let go again of what went since its copy was begun; how many rows.

    None: it is from before anything was let go, and knows no way to.
    """
    with psycopg.connect(url) as connection:
        known = connection.execute(KNOWN).fetchone()
        if not known or not known[0]:
            return None
        n = 0
        for each in since(folder, moment):
            row = connection.execute(AGAIN, [each.key, each.office, each.ids]).fetchone()
            n += row[0] if row else 0
        return n


def tidy(folder: Path, before: date) -> None:
    """Days from before the oldest copy explain nothing any more."""
    for file in (folder / FOLDER).glob("*.txt"):
        if file.stem < str(before - timedelta(days=1)):
            file.unlink(missing_ok=True)
