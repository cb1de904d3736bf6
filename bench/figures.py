"""What the page of the figures costs for a year, and whether each figure is what counting apart says.

An office with 300 recipients and a year behind it (about 100,000 visits; --short: 60 recipients), every tenth visit
odd. Measured are CPU-seconds of this process and of its own database process together, the best of several rounds, of
the page of the whole year, in one and by dong, under row-level security; held against one plain count of the same
visits by outcome, day by day, as the same role. Goal: at most GOAL times that, and as many queries for the year as for
one month.

Then 1,000 questions (--short: 40) about random months, comparisons and filters in smaller offices in which all is odd,
another one with other random data after every 50, beside those before: every figure and every percentile must be equal
to what `tests/care/figures/apart.py` counts in plain SQL and plain Python. With --sabotage the product is wrong on
purpose (SABOTAGE says how): that has to be noticed, and the goal is missed.

    .venv/bin/python bench/figures.py [--short] [--sabotage exercises|refused|prices|absences]
"""

import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402
from bench.board import stand_still  # noqa: E402

GOAL = 32.0
QUESTIONS, OF_ONE_OFFICE = 1_000, 50
SABOTAGE = {
    "exercises": "exercises are counted as emergencies",
    "refused": "meals that were refused are counted as handed over",
    "prices": "the newest price counts for all days",
    "absences": "absences that were taken back explain a meal that wasn't given",
}
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
ODD_FIRST, ODD_LAST = date(2026, 6, 1), date(2026, 11, 20)
PAGE = "/care/figures/"
PLAIN = """SELECT v.day, v.outcome, count(*) FROM care_visit v WHERE v.office_id = %s AND v.day BETWEEN %s AND %s
    GROUP BY 1, 2"""


def plain(office: int) -> int:
    """One plain count of the year's visits; how many there are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [office, FIRST, LAST])
        return sum(n for *_, n in cursor.fetchall())


def cost(what: Any, times: int, backend: int) -> float:
    """CPU-seconds of doing it once."""
    before = ground.cpu(backend)
    for _ in range(times):
        what()
    return (ground.cpu(backend) - before) / times


def queries(client: Any, address: str) -> int:
    """How many queries one answer takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def costs(short: bool) -> bool:
    """What the page costs; whether that is little enough."""
    from tests import make
    from tests.care.figures import lived

    made = lived.office(60 if short else 300, FIRST)
    lived.live(made, FIRST, LAST, usual=970)
    make.role("app")
    stand_still()
    client = make.signed_in(made.officer)
    year, month = f"since={FIRST}&until={LAST}", f"since={FIRST}&until={FIRST + timedelta(days=29)}"
    asked = [queries(client, f"{PAGE}?{days}&by=dong") for days in (month, year)]
    make.act(made.office.pk)
    backend, visits = ground.backend(), plain(made.office.pk)
    rounds = []
    for _ in range(3 if short else 5):
        make.act(made.office.pk)
        counted = cost(lambda: plain(made.office.pk), 10, backend)
        pages = [cost(lambda by=by: client.get(f"{PAGE}?{year}&by={by}"), 2, backend) for by in ("all", "dong")]
        rounds.append((counted, *pages))
    counted, whole, dong = (min(column) for column in zip(*rounds, strict=True))
    print(f"visits {visits:,}; queries {asked[0]} for a month, {asked[1]} for the year (goal: the same)")
    print(f"plain count {counted * 1000:.0f} ms CPU, the year {whole:.2f} s, by dong {dong:.2f} s CPU")
    print(f"ratio {whole / counted:.1f} and {dong / counted:.1f} (goal: at most {GOAL:g})")
    return asked[0] == asked[1] and max(whole, dong) / counted <= GOAL


def spoil(what: str) -> None:
    """Break one figure on purpose."""
    from dure.care.figures import emergencies, visits
    from dure.care.support import judging

    if what == "exercises":
        real = emergencies.cases
        emergencies.cases = lambda standing, asked, drill=False: (  # type: ignore[assignment]
            real(standing, asked, drill=drill) | real(standing, asked, drill=True)
        )
    if what == "refused":
        sums = visits._sums
        visits._sums = lambda: {**sums(), "given": sums()["refused"]}
    if what == "prices":
        read = visits.Prices.read
        visits.Prices.read = lambda office: visits.Prices(  # type: ignore[method-assign]
            {scheme: [replace(said[-1], since=date.min)] for scheme, said in read(office).of.items()}
        )
    if what == "absences":
        judging._JUDGED = judging._JUDGED.replace("a.taken_back_at IS NULL", "TRUE")


def right(short: bool, sabotage: str) -> bool:
    """Whether every figure of random questions is what counting apart says."""
    from tests.care.figures import lived

    spoil(sabotage)
    began, wrong, asked, compared = time.monotonic(), 0, 0, 0
    questions = 40 if short else QUESTIONS
    while asked < questions:
        seed = 5 + asked
        made = lived.office(10, ODD_FIRST, seed=seed)
        lived.live(made, ODD_FIRST, ODD_LAST, seed=seed + 1)
        now = min(OF_ONE_OFFICE, questions - asked)
        differ, figures = ask(made, now, Random(seed + 2), wrong)
        wrong, asked, compared = wrong + differ, asked + now, compared + figures
        seconds = time.monotonic() - began
        print(f"{asked:,} questions, {compared:,} figures, {wrong:,} differ; {seconds:.0f} s", flush=True)
    print(f"{questions:,} questions, {wrong:,} figures differ from what was counted apart")
    return wrong == 0


def ask(made: Any, questions: int, chance: Random, known: int) -> tuple[int, int]:
    """So many questions about one office: how many figures differ, and how many were compared."""
    from django.db import connection
    from tests import make
    from tests.care.figures import apart
    from tests.care.figures.held_against import SEEN, differences, question

    SEEN.clear()
    wrong = 0
    with connection.cursor() as cursor:
        make.role("owner")
        missed = apart.missed(cursor, made.office.pk, make.DAY)
        make.role("app")
        for n in range(questions):
            said = question(made, chance, ODD_FIRST, ODD_LAST)
            for each in differences(cursor, made, said, make.NOON, missed):
                wrong += 1
                if known + wrong <= 5:
                    print(f"question {n}: {each}")
    return wrong, sum(SEEN.values())


def main(short: bool, sabotage: str) -> bool:
    """Measure in a database of our own."""
    with ground.own(DURE_HOSTS="testserver"):
        exact = right(short, sabotage)
        return (bool(sabotage) or costs(short)) and exact


if __name__ == "__main__":
    parser = ground.asked(__doc__)
    parser.add_argument("--sabotage", choices=list(SABOTAGE), default="", help="be wrong on purpose")
    said = parser.parse_args()
    met = main(said.short, said.sabotage)
    print("goal met" if met else "goal missed")
    sys.exit(not met)
