"""A thousand random months, settled by the product and counted by SQL that was written apart: equal to the won?

    .venv/bin/python bench/months.py              1,000 months (two providers × November and December each time)
    .venv/bin/python bench/months.py --short      60
    .venv/bin/python bench/months.py --sabotage share      forget the own share in SQL: must be found
    .venv/bin/python bench/months.py --sabotage silent     change a closed month past the triggers: must be found

Each month has prices that change in its midst, two meals at once, recipients who change their scheme, visits of every
outcome; and after the close paper that is entered late, outcomes corrected, prices and schemes that hold back.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.ground import asked, own  # noqa: E402

SABOTAGE = ("share", "silent")


def sabotaged(how: str) -> None:
    """Make the two sides differ on purpose."""
    from django.db import connection
    from tests.care.money import months, test_months

    if how == "share":
        months.COUNT = months.COUNT.replace("(t.price - t.share)", "t.price")
    elif how == "silent":
        before = test_months.snapshot

        def after_a_change() -> tuple:
            kept = before()
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE postgres; SET session_replication_role = replica")
                cursor.execute("UPDATE money_booking SET unit_price = unit_price + 1 WHERE meals > 0")
                cursor.execute("SET session_replication_role = origin; SET ROLE dure_app")
            return kept

        test_months.snapshot = after_a_change


def measure(number: int, how: str) -> bool:
    """Live so many months; whether every pair was equal."""
    from django.db import transaction
    from tests import make
    from tests.care.money import test_months

    began, compared, won, unequal = time.monotonic(), 0, 0, []
    for seed in range(number // 4):
        make.role("owner")
        with transaction.atomic():
            pairs = test_months.lived(seed, people=5, visits=60)
            transaction.set_rollback(True)
        compared += len(pairs)
        won += sum(pair[0][0] for name, pair in pairs.items() if name.startswith("paid"))
        unequal += [f"seed {seed}, {name}: {a} is not {b}"[:300] for name, (a, b) in pairs.items() if a != b]
        if how and unequal:
            break
    print(f"months lived          {4 * (seed + 1):>12,}")
    print(f"figures compared      {compared:>12,}")
    print(f"won settled           {won:>12,}")
    print(f"seconds               {time.monotonic() - began:>12.1f}")
    print(f"not equal             {len(unequal):>12,}")
    print("\n".join(unequal[:5]), end="\n" if unequal else "")
    return not unequal


def main() -> None:
    parser = asked(__doc__)
    parser.add_argument("--sabotage", choices=SABOTAGE, default="", help="spoil it on purpose: has to be found")
    given = parser.parse_args()
    with own():
        sabotaged(given.sabotage)
        equal = measure(60 if given.short else 1000, given.sabotage)
    print("goal met: every month equal to the won" if equal else "goal missed: not equal")
    sys.exit(not equal)


if __name__ == "__main__":
    main()
