"""Papers for a day are let go by a job of their own."""

from dure.offices.retention import Retention

RETENTION = Retention(elsewhere={"packs_pack": "14 days; care.packs.tasks.let_packs_go"})
