from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dure import clock
from dure.care.opening import open_day
from dure.offices.acting import acting
from dure.offices.models import Office


class Command(BaseCommand):
    help = "Open the visits of today and tomorrow (or of one day) in every office. Safe to run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="only this day, e.g. 2026-11-23")

    def handle(self, *, day: date | None = None, **options: Any) -> None:
        for office in Office.objects.all():
            clock.use_zone(office.zone)
            days = [day] if day else [clock.today(), clock.today() + timedelta(days=1)]
            with acting(office.pk):
                for each in days:
                    opened = open_day(office.pk, each, now=clock.now())
                    self.stdout.write(f"{office.name} {each}: {opened} visits opened")
