"""How long holds themselves are kept."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

HELD = Period("keep-holds", N_("What was held back, and why: kept after it ended"), 36, "months", f"운영 기준 {CHECK}")
RETENTION = Retention(
    purposes=(
        Purpose("holds", N_("What was held back, and why"), HELD, "retention_hold", "t.ended_at",
                stays=N_("That something was held back, and from when to when."), empties=("why",)),
    ),
    excused={"retention_run": "numbers"},
)  # fmt: skip
