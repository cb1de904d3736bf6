"""What taking in a list of 10,000 recipients costs, held against only reading the file.

The list is an office's workbook with the columns that offices have. Measured are the three ways through the whole
of it (read, match, check every cell, hold against what is kept, write, record): everybody new, nobody changed, and
every tenth changed. Goals: each at most so many times the CPU-seconds of reading the file into rows (GOALS), and a
number of queries that grows by the thousand rows, not by the row. CPU-seconds are those of this process
and of its own database process together, the best of several rounds.

    .venv/bin/python bench/import.py [--short]
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402

GOALS = {"everybody new": 45.0, "nobody changed": 22.0, "every tenth changed": 26.0}
QUERIES = 120
HEADER = (
    "연번", "성명", "생년월일", "성별", "연락처", "주소", "행정동", "위험도", "건강상태", "식이", "알레르기", "보호자",
    "관계", "보호자 연락처", "이용 중인 서비스", "무응답 시 대응", "코스", "순번", "급식요일", "점심", "저녁", "비고",
)  # fmt: skip


def office() -> Any:
    """An office with 21 dongs and a provider; who uploads, and for whom."""
    from tests import make

    from dure.imports.kinds import Scope

    made = make.office()
    for number in range(21):
        make.organisation(made, "centre", area=make.area(made, f"시험{number}동"))
    provider = make.organisation(made, "provider", "시험복지관")
    return Scope(make.person(made), provider, make.NOON, make.DAY)


def row(number: int, changed: bool) -> list[str | int]:
    """An invented person, typed as people type."""
    born = date(1935, 1, 1) + timedelta(days=number % 8999)
    typed = f"{born.year}.{born.month}.{born.day}" if number % 2 else f"{born:%y%m%d}"
    surname, given = (
        "김이박최정강조윤장임"[number % 10],
        f"{'가나다라마바사아자차'[number // 10 % 10]}{'하늘'[number % 2]}",
    )
    phone, other = f"010-{number // 10_000:02}00-{number % 10_000:04}", f"0100900{number % 10_000:04}"
    illness, allergy = ("당뇨", "우유") if changed else ("고혈압", "")
    sex, tier, diet = "여" if number % 3 else "남", "적황녹"[number % 3], "저염식" if number % 4 else ""
    return [
        number, surname + given, typed, sex, phone, f"시험대로 {number}", f"시험{number % 21}동", tier, illness, diet,
        allergy, f"{surname}보호", "자녀", other, "방문요양", "옆집에 먼저 확인", f"{number // 15}코스",
        number % 15 + 1, "월~금", "11:40", "", "",
    ]  # fmt: skip


def workbook(rows: int, changed: Callable[[int], bool]) -> bytes:
    """The list as a file."""
    from dure.sheets.write import Column, Page, write

    columns = [Column(name) for name in HEADER]
    return write([Page("명단", columns, [row(n, changed(n)) for n in range(1, rows + 1)], title="대상자 명단")])


def taken(scope: Any, content: bytes) -> dict[str, int]:
    """The whole way of a list into the office; what became of its rows."""
    from dure.care.imports import KINDS
    from dure.imports import actions

    kind = KINDS["recipients"]
    upload = actions.take_in("recipients", kind, scope, "명단.xlsx", content)
    plan = actions.look(upload, kind, scope)
    actions.apply(upload, kind, scope, digest=plan.digest, whole=True)
    return {action: count for action, count in plan.counts.items() if count}


def cost(scope: Any, content: bytes) -> tuple[float, int, dict[str, int]]:
    """CPU-seconds of taking the list in, its queries, and what became of the rows."""
    from django.db import connection

    backend = ground.backend()
    asked = []

    def count(execute: Any, *rest: Any) -> Any:
        asked.append(1)
        return execute(*rest)

    with connection.execute_wrapper(count):
        before = ground.cpu(backend)
        counts = taken(scope, content)
        return ground.cpu(backend) - before, len(asked), counts


def measure(short: bool) -> bool:
    """Print the figures; whether the goals are met."""
    from dure.sheets.read import read

    rows, rounds = (2_000, 2) if short else (10_000, 2)
    first, tenth = workbook(rows, lambda n: False), workbook(rows, lambda n: n % 10 == 0)
    costs: dict[str, list[float]] = {name: [] for name in GOALS}
    queries, reading = {}, []
    for _ in range(rounds):
        scope = office()
        backend = ground.backend()
        before = ground.cpu(backend)
        read(first)
        reading.append(ground.cpu(backend) - before)
        for name, content in zip(GOALS, (first, first, tenth), strict=True):
            seconds, queries[name], counts = cost(scope, content)
            costs[name].append(seconds)
            print(f"  {name}: {seconds:.2f} s CPU, {queries[name]} queries, {counts}", flush=True)
    print(f"{rows} rows, {len(HEADER)} columns, {len(first) / 1e6:.1f} MB; only reading: {min(reading):.2f} s CPU")
    met = max(queries.values()) <= QUERIES
    for name, goal in GOALS.items():
        ratio = min(costs[name]) / min(reading)
        print(f"{name}: {min(costs[name]):.2f} s CPU, ratio {ratio:.1f} (goal ≤ {goal:.0f}), {queries[name]} queries")
        met = met and ratio <= goal
    return met


def main(short: bool) -> bool:
    """Measure in a database of our own, with the rights of the app, as in the office."""
    with ground.own():
        return measure(short)


if __name__ == "__main__":
    ground.verdict(__doc__, main)
