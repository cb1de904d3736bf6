import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from dure.demo.day.whole import whole_day


class Command(BaseCommand):
    help = "Live one day of the demo office through the real product, tell its story, and check what always holds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 11, 23))
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="")
        parser.add_argument("--report", type=Path, help="where the day report goes (data/day-DAY.xlsx)")

    def handle(self, *, seed: int, day: date, language: str, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what was started ends in order
        report = options["report"] or Path("data") / f"day-{day}.xlsx"
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        os.environ["DURE_DEMO_PASSWORD"] = "this-day-only"
        with translation.override(language or settings.LANGUAGE_CODE):
            call_command("migrate", verbosity=0)
            broken = whole_day(seed, day, report, self._tell)
            self._tell(_("What always holds was broken.") if broken else _("All that always holds held."))
        if broken:
            raise SystemExit(1)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
