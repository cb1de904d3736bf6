"""What the record and the values before and after cost when something is saved.

Goal: with both, saving a recipient as the product does it (whichever page, list or message asks for it) takes at most
1.3 times as many CPU-seconds as without; so does changing 500 of them, each to something else, by `bulk_update`. Shown
without a goal: the bare row, without what the product does when it is saved, and one UPDATE of 500 rows to one value.
Plain they cost so little that writing down who, what and both values can't be had for a third of it. In every way each
row must be kept. CPU-seconds are those of this process and of its own database process together. Measured side by
side as the role of the web: each round does a way plain (the triggers off, no line of the record) and kept, and
the quietest round of each counts.

    .venv/bin/python bench/saving.py [--short] [--sabotage bulk|raw|slow]

`--sabotage bulk`: a trigger that looks away when many rows change; `raw`: one that listens only while a person is
named, as if the product's own code had to announce what it does; `slow`: a line for each row, as JSON, however many.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import board, ground  # noqa: E402

RATIO, MANY = 1.3, 500
TABLES = ("care_recipient", "places_place")
A_LINE_EACH = """
CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'UPDATE' {unless} THEN RETURN NULL; END IF;
    INSERT INTO audit_change (office_id, at, who_id, did, kind, slot, rows, before, after)
    SELECT n.office_id, clock_timestamp(), dure_person(), 'changed', TG_TABLE_NAME, n.id, ARRAY[n.id], d.before, d.after
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      CROSS JOIN LATERAL (
          SELECT jsonb_object_agg(b.key, jsonb_build_array(b.value)) AS before,
                 jsonb_object_agg(b.key, jsonb_build_array(to_jsonb(n) -> b.key)) AS after
            FROM jsonb_each(to_jsonb(o)) b WHERE b.value <> to_jsonb(n) -> b.key
      ) d WHERE d.before IS NOT NULL;
    RETURN NULL;
END $$
"""
SABOTAGE = {
    "bulk": A_LINE_EACH.format(unless="OR (SELECT count(*) > 1 FROM new_rows)"),
    "raw": A_LINE_EACH.format(unless="OR dure_person() IS NULL OR (SELECT count(*) > 1 FROM new_rows)"),
    "slow": A_LINE_EACH.format(unless=""),
}


def switched(kept: bool) -> None:
    """Values are kept, or nothing is."""
    from django.db import connection
    from tests import make

    make.role("owner")
    with connection.cursor() as cursor:
        for table in TABLES:
            for what in ("insert", "update", "delete"):
                cursor.execute(f"ALTER TABLE {table} {'ENABLE' if kept else 'DISABLE'} TRIGGER values_{what}")
    make.role("app")


class Saving:
    """Everybody who is served, and the ways in which they are changed. Each time something really changes."""

    def __init__(self) -> None:
        self.officer, self.recipients = board.people(MANY)
        self.turn = 0
        self.kept = True

    def _said(self) -> str:
        self.turn += 1
        return f"010-{self.turn // 10_000:04}-{self.turn % 10_000:04}"

    def one(self) -> None:
        """As the form does it: the place, the centre, the person, and the visits that follow."""
        from tests import make

        from dure.care import recipients

        who = self.recipients[self.turn % MANY]
        who.phone = self._said()
        recipients.keep(who, by=self.officer, now=make.NOON)

    def row(self) -> None:
        """The row alone, and the line of the record."""
        from django.db import transaction
        from tests import make

        from dure.care import recipients

        who = self.recipients[self.turn % MANY]
        who.phone = self._said()
        with transaction.atomic():
            who.save()
            recipients.note(at=make.NOON, who=self.officer, did="changed", about=who)

    def bulk(self) -> None:
        """Many rows, each with its own value."""
        from dure.care.models import Recipient

        said = self._said()
        for who in self.recipients:
            who.phone, who.route_order = said, self.turn % 100
        Recipient.objects.bulk_update(self.recipients, ["phone", "route_order"])

    def update(self) -> None:
        """Many rows, one value, one statement."""
        from dure.care.models import Recipient

        Recipient.objects.filter(office=self.officer.office_id).update(phone=self._said())

    def raw(self) -> None:
        """The same past all our code, and for nobody."""
        from django.db import connection

        from dure.offices.acting import act

        act(self.officer.office_id)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE care_recipient SET phone = %s", [self._said()])
        act(self.officer.office_id, self.officer.pk)


def silenced(kept: bool) -> None:
    """With the record, or without it."""
    from dure.audit import actions
    from dure.care import recipients

    def nothing(**said: Any) -> None:
        return None

    recipients.note = actions.note if kept else nothing  # type: ignore[assignment]


def measure(saving: Saving, way: Callable[[], None], times: int, rounds: int) -> tuple[float, float]:
    """CPU-seconds of one saving, plain and kept, side by side."""
    backend = ground.backend()
    took: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds):
        for kept in (False, True) if number % 2 else (True, False):
            switched(kept)
            silenced(kept)
            way()
            began = ground.cpu(backend)
            for _ in range(times):
                way()
            took[kept].append((ground.cpu(backend) - began) / times)
    switched(True)
    silenced(True)
    return min(took[False]), min(took[True])


def rows_seen(way: Callable[[], None]) -> int:
    """How many rows' values are kept of one saving."""
    from dure.audit.models import Change

    last = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    way()
    lines = Change.objects.filter(id__gt=last, kind="care_recipient")
    return sum(len(line.rows) for line in lines if "phone" in line.after)


def main() -> None:
    parser = ground.asked(__doc__)
    parser.add_argument("--sabotage", choices=list(SABOTAGE))
    asked = parser.parse_args()
    met = True
    with ground.own(DURE_HOSTS="testserver"):
        from django.db import connection

        from dure.offices.acting import act

        if asked.sabotage:
            with connection.cursor() as cursor:
                cursor.execute(SABOTAGE[asked.sabotage])
        saving = Saving()
        act(saving.officer.office_id, saving.officer.pk)
        switched(True)
        ways = [
            ("one, as the form does", saving.one, 1, 15, True),
            ("one, the row alone", saving.row, 1, 150, False),
            (f"{MANY} by bulk_update", saving.bulk, MANY, 3, True),
            (f"{MANY} by one UPDATE", saving.update, MANY, 40, False),
            (f"{MANY} by raw SQL", saving.raw, MANY, 40, False),
        ]
        for name, way, rows, times, has_goal in ways:
            seen = rows_seen(way)
            plain, kept = measure(saving, way, *((max(1, times // 3), 2) if asked.short else (times, 9)))
            print(
                f"{name:24} plain {plain * 1000:8.2f} ms, with record and values {kept * 1000:8.2f} ms:"
                f" {kept / plain:.2f} times ({f'goal: at most {RATIO}' if has_goal else 'no goal'});"
                f" {seen} of {rows} rows kept"
            )
            met = met and seen == rows and (kept / plain <= RATIO or not has_goal)
    print("goal met" if met else "goal missed")
    sys.exit(not met)


if __name__ == "__main__":
    main()
