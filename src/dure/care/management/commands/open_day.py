import logging
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_noop

from dure import clock
from dure.care.following import let_go
from dure.care.opening import open_day
from dure.health.actions import fault, mended
from dure.offices.acting import acting
from dure.offices.models import Office

log = logging.getLogger(__name__)
NOT_OPENED = gettext_noop("The visits of %(day)s could not be opened: %(why)s")


class Command(BaseCommand):
    help = "Open the visits of today and tomorrow (or of one day) in every office. Safe to run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="only this day, e.g. 2026-11-23")

    def handle(self, *, day: date | None = None, **options: Any) -> None:
        failed = 0
        for office in Office.objects.all():
            clock.use_zone(office.zone)
            days = [day] if day else [clock.today(), clock.today() + timedelta(days=1)]
            with acting(office.pk):
                let_go(office.pk, clock.now())
                for each in days:
                    failed += not self._open(office, each)
        if failed:
            raise CommandError("Some visits could not be opened; the board says which under what is to be mended.")

    def _open(self, office: Office, day: date) -> bool:
        """Open one day of one office. What fails there is a fault, told outside, and holds up no other office."""
        key, values = f"open_day {day}", {"day": str(day)}
        try:
            opened = open_day(office.pk, day, now=clock.now())
        except Exception as problem:
            log.exception("the visits of %s could not be opened", day)
            values["why"] = getattr(problem, "message", type(problem).__name__)
            fault(key, NOT_OPENED, values, now=clock.now(), office=office.pk, outside=True)
            return False
        mended(key, now=clock.now(), office=office.pk)
        self.stdout.write(f"{office.name} {day}: {opened} visits opened")
        return True
