"""How long it is kept what was found out about a worker, and that a phone was silent."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Purpose, Retention
from dure.outbox.retention import TEXTS

RETENTION = Retention(
    purposes=(
        Purpose("worker-endings", N_("What was found out about workers who weren't heard or asked for help"), TEXTS,
                "workers_ending", "t.at", stays=N_("What became of it, and whether it was a false alarm."),
                empties=("note",)),
        Purpose("worker-silences", N_("Silences of phones on trial"), TEXTS, "workers_silence", "t.until"),
    ),
)  # fmt: skip
