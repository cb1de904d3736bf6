from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from dure import clock
from dure.desk.doctor import examine

MARKS = {True: "✓", False: "✗", None: "·"}


class Command(BaseCommand):
    help = "Say in plain words what runs, what doesn't, and what to do. Ends with 1 when something is wrong."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        wrong = 0
        for finding in examine(self._now(), clock.real()):
            self.stdout.write(f"{MARKS[finding.well]} {finding.what}")
            if finding.todo:
                self.stdout.write(f"    → {finding.todo}")
            wrong += finding.well is False
        self.stdout.write(_("%(n)s things are wrong.") % {"n": wrong} if wrong else _("All is well."))
        if wrong:
            raise SystemExit(1)

    def _now(self) -> Any:
        try:
            return clock.now()
        except psycopg.Error:  # the moved clock is in the database, which is looked at first
            return clock.real()
