"""What the record of looks costs: verifying it, and what live boards write into it.

Goals: a record of 1,000,000 lines is verified in at most 60 CPU-seconds (this process and its database process
together), and a changed letter, a missing line and two lines in another order are each found. Twelve officers who keep
a live board open for eight hours write a line each for opening it and one for whoever is shown newly, none for polls.

    .venv/bin/python bench/looks.py [--short] [--sabotage order|polls]

`--sabotage order` hashes a seal's lines without their numbers; `--sabotage polls` writes a line for every poll.
"""

import sys
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import board, ground  # noqa: E402

LINES, SECONDS = 1_000_000, 60.0
WRITE = """
INSERT INTO audit_entry (office_id, at, who_id, did, about, why, source, whose, xact)
SELECT 0, timestamptz '2026-11-01' + n * interval '1 s', n %% 40, 'looked', 'page care:visit ' || gen_random_uuid(), '',
       '10.0.0.' || n %% 40,
       ARRAY(SELECT gen_random_uuid() FROM generate_series(1, CASE WHEN n %% 20 = 0 THEN 50 ELSE 1 END)), 0
  FROM generate_series(1, %s) n
"""
TAMPERED = {
    "a changed letter": "UPDATE audit_entry SET did = 'lookes' WHERE id = (SELECT min(id) + 7 FROM audit_entry)",
    "a missing line": "DELETE FROM audit_entry WHERE id = (SELECT min(id) + 7 FROM audit_entry)",
    "another order": """
        UPDATE audit_entry a SET (at, about, whose, who_id, source) = (SELECT at, about, whose, who_id, source
               FROM audit_entry b WHERE b.id = a.id + CASE WHEN a.id %% 2 = 1 THEN 1 ELSE -1 END)
         WHERE a.id BETWEEN (SELECT min(id) + min(id) %% 2 + 1 FROM audit_entry)
           AND (SELECT min(id) + min(id) %% 2 + 2 FROM audit_entry)""",
}


def sql(statement: str, *values: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")
        cursor.execute(statement, values)


def verified(lines: int) -> bool:
    """Write, seal, verify; then look for each way of tampering."""
    from django.db import transaction
    from tests import make

    from dure.audit import actions
    from dure.audit.verify import verify

    sql(WRITE, lines)
    while actions.seal(make.NOON):
        pass
    backend = ground.backend()
    before = ground.cpu(backend)
    found = verify()
    took = ground.cpu(backend) - before
    goal = SECONDS * lines / LINES
    print(
        f"{found.lines:,} lines in {found.seals:,} seals verified in {took:.1f} CPU-seconds (goal: at most {goal:.1f})"
    )
    noticed = True
    for what, statement in TAMPERED.items():
        with transaction.atomic():
            sql(statement)
            broken = len(verify().broken)
            transaction.set_rollback(True)
        print(f"{what}: {broken} seals don't fit")
        noticed = noticed and broken == 1
    return found.whole and found.lines == lines and took <= goal and noticed


def written(officers: int, minutes: int) -> bool:
    """Officers at live boards, a poll each minute, somebody who can't be reached every twenty minutes."""
    from django.db import connection
    from tests import make

    from dure.audit.models import Entry

    officer, recipients = board.people(500)
    office = officer.office
    people = [officer, *(make.person(office) for _ in range(officers - 1))]
    board.stand_still()
    clients = [make.signed_in(each) for each in people]
    make.role("app")
    for client in clients:
        answer = client.get("/board/")
        assert answer.status_code == 200, (answer.status_code, answer.headers)
    news = 0
    for minute in range(minutes):
        if minute % 20 == 0:
            board.alarm([recipients[news]], officer)
            news += 1
        if minute % 10 == 0:
            make.role("owner")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE dure_clock SET at = %s", [make.NOON + timedelta(minutes=minute)])
            make.role("app")
        for client in clients:
            assert client.get("/board/exceptions/", headers={"HX-Request": "true"}).status_code == 200
    sql("SELECT 1")  # as who may read all of it
    lines = Entry.objects.filter(office_id=office.pk, did="looked").count()
    most = officers * (1 + news)
    print(f"{officers} officers, {minutes} minutes, {officers * minutes:,} polls, {news} emergencies: {lines} lines")
    print(f"goal: {officers + 1} to {most} (opened once each, and each emergency once for each officer)")
    return officers < lines <= most


def sabotage(what: str) -> None:
    """The bug on purpose."""
    from dure.audit import actions, looks, verify

    if what == "polls":
        looks.Look.new = lambda self, shown: set(shown)  # type: ignore[method-assign,assignment]
    if what == "order":
        true = actions.digest

        def unnumbered(previous: str, entries: Any) -> str:
            found = sorted(map(copy, entries), key=lambda e: e.at)
            for number, entry in enumerate(found):
                entry.pk = number
            return true(previous, found)

        actions.digest = verify.digest = unnumbered


def main() -> None:
    parser = ground.asked(__doc__)
    parser.add_argument("--sabotage", choices=["order", "polls"])
    asked = parser.parse_args()
    with ground.own(DURE_HOSTS="testserver"):
        if asked.sabotage:
            sabotage(asked.sabotage)
        parts: list[Callable[[], bool]] = [
            lambda: verified(20_000 if asked.short else LINES),
            lambda: written(3, 60) if asked.short else written(12, 480),
        ]
        met = all([part() for part in parts])
    print("goal met" if met else "goal missed")
    sys.exit(not met)


if __name__ == "__main__":
    main()
