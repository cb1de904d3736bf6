"""What has to be in the data base afterwards: each report once, with the words that were entered, at its time."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from dure.sealing.box import unseal
from tests import apart
from tests.field.chaos.life import Entered

TOLERANCE = timedelta(minutes=5)  # two minutes on the road, two by which clocks may differ, one for the run itself
KEPT = """SELECT r.id, r.key::text, r.kind, r.version, r.about::text, r.gravity, r.body, r.seen_at, r.sent_at,
    r.received_at, r.beside, r.understood_at, s.outcome, s.handed, s.who, s.signs, s.leftover, s.worried, s.note, s.at
    FROM duty_report r LEFT JOIN care_sighting s ON s.report_id = r.id WHERE r.id > %s ORDER BY r.id"""
WAITING = """SELECT FROM duty_report r WHERE understood_at IS NULL AND NOT EXISTS (
    SELECT FROM duty_duty d WHERE d.about = r.key AND d.kind = 'field.unread') LIMIT 1"""
Row = dict[str, Any]


@dataclass
class Judged:
    """What was found wrong, and how much was looked at."""

    wrong: list[str]
    reports: int = 0
    sightings: int = 0
    unsure: int = 0  # the browser died amid entering it
    unclear: int = 0  # the clock was set twice between hearing of the server and handing in: nobody can know when


def kept(url: apart.Url, after: int) -> list[Row]:
    """All reports that came after this one, each with the sighting that came of it."""
    with psycopg.connect(url("postgres"), row_factory=dict_row) as database:
        return database.execute(KEPT, [after]).fetchall()


def is_waiting(url: apart.Url) -> bool:
    """Whether something that was handed in waits for the watch."""
    with psycopg.connect(url("postgres"), autocommit=True) as database:
        return bool(database.execute(WAITING).fetchall())


def all_acted_on(url: apart.Url, patience: float = 180.0) -> None:
    """Return when nothing waits any more, or time is up."""
    end = time.monotonic() + patience
    while is_waiting(url) and time.monotonic() < end:
        time.sleep(0.1)


def judge(entered: list[Entered], rows: list[Row]) -> Judged:
    """Each that was entered is there once, and nothing else."""
    found = Judged([], reports=len(rows))
    left = list(rows)
    for each in sorted(entered, key=lambda one: not (one.key or one.mark)):  # what has no mark is looked for last
        mine = [row for row in left if _is(row, each)]
        if not each.key and not each.mark:
            mine = sorted(mine, key=lambda row: abs((row["at"] or each.at) - each.at))[:1]
        left = [row for row in left if row not in mine]
        found.unsure += not each.sure
        if len(mine) != 1 and (each.sure or len(mine) > 1):
            found.wrong.append(f"{'LOST' if not mine else 'DOUBLE'}: {each}")
        for row in mine:
            found.wrong += [f"ALTERED ({what}): {each} is {row}" for what in _differs(row, each)]
            found.sightings += row["outcome"] is not None
            found.unclear += not _clear(row, each)
    found.wrong += [f"NOT ENTERED: {row}" for row in left]
    return found


def _is(row: Row, each: Entered) -> bool:
    if each.key:
        return bool(row["key"] == each.key)
    if each.mark:
        return each.mark in row["body"]
    return row["about"] == each.about and _said(row["body"]) == each.body


def _said(body: str) -> dict[str, Any]:
    """What was said, without the case that the phone knew of."""
    try:
        said = dict(json.loads(body))
    except ValueError:
        return {"unreadable": body}
    said.pop("case", None)
    return said


def _differs(row: Row, each: Entered) -> Iterator[str]:
    if _said(row["body"]) != each.body:
        yield "words"
    if (row["kind"], row["version"], row["about"], row["gravity"]) != (
        each.kind,
        each.version,
        each.about,
        each.gravity,
    ):
        yield "envelope"
    if row["beside"] or (row["understood_at"] is None and each.kind != "care.step"):  # a step may come before its case
        yield "not understood"
    if each.kind == "care.visit":
        yield from _seen_otherwise(row, each)


def _seen_otherwise(row: Row, each: Entered) -> Iterator[str]:
    note = (unseal(row["note"], "care_sighting.note") or b"").decode() if row["note"] else ""
    here = {name: row[name] for name in ("outcome", "handed", "who", "signs", "leftover", "worried")} | {"note": note}
    there = {name: each.body[name] for name in here}
    if here | {"signs": sorted(here["signs"] or [])} != there | {"signs": sorted(there["signs"])}:
        yield f"sighting {here}"
    elif row["at"] > row["received_at"] or (_clear(row, each) and abs(row["at"] - each.at) > TOLERANCE):
        yield f"time {row['at']}"


def _clear(row: Row, each: Entered) -> bool:
    """Whether it can be known when it was seen: the clock was set once at most between hearing and handing in."""
    at: datetime | None = row["sent_at"]
    off = at - row["received_at"] if at else None
    return any(one is not None and abs(one - each.off) < TOLERANCE for one in (off, each.heard))
