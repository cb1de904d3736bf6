"""How long it is kept what had to be mended, and what the jobs were asked for."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

MENDED = Period("keep-faults", N_("What had to be mended: kept after it was"), 12, "months", f"운영 기준 {CHECK}")
RETENTION = Retention(
    purposes=(
        Purpose("faults", N_("What had to be mended"), MENDED, "health_fault", "t.mended_at",
                office="coalesce(t.office_id, dure_office())"),
    ),
    elsewhere={"procrastinate_jobs": "until they are done; the queue deletes them itself"},
    excused={"health_beat": "signs of life of processes"},
)  # fmt: skip
