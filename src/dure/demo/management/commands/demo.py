from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from dure import clock
from dure.demo import loading, past, workbook
from dure.demo.living_on import go_on
from dure.demo.settled import settle
from dure.health.running import run, stop_on_signals
from dure.offices.models import Office


class Command(BaseCommand):
    help = "Load the demo office: invented people on real ground. The same seed and day give the same office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--day", type=date.fromisoformat, help="the day it stands at, e.g. 2026-11-23")
        parser.add_argument("--live", action="store_true", help="its workers go on with their courses, until stopped")
        parser.add_argument("--workbook", type=Path, help="write its recipients as an office's spreadsheet")

    def handle(self, *, seed: int, day: date | None, **options: Any) -> None:
        if options["live"]:
            return run("demo", lambda now, real: go_on(now), stop_on_signals())
        day, file = day or clock.today(), options["workbook"]
        if file is None or not Office.objects.filter(is_demo=True).exists():
            demo = loading.load(seed, day, clock.now(), loading.password(settings.DATA))
            past.before(demo.staff, day)
            settle(demo.staff, day, clock.now())
        if file:
            file.write_bytes(workbook.workbook(day, seed))
        self.stdout.write(loading.told(settings.DATA))
        return None
